import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../accounts/user.entity.js';
import type { SettingsDto } from './settings.dto.js';

/** What a user has chosen; what they have not is a default of the code. */
export const UserSettingsSchema = defineEntity({
  name: 'UserSettings',
  tableName: 'user_settings',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    chosen: p.json().$type<Partial<SettingsDto>>().defaultRaw("'{}'"),
  },
});
