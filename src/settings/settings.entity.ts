import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../accounts/user.entity.js';
import type { SettingsDto } from './settings.dto.js';

/** The settings that a user has set. Other keys have the defaults of `DEFAULT_SETTINGS`. */
export const UserSettingsSchema = defineEntity({
  name: 'UserSettings',
  tableName: 'user_settings',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    chosen: p.json().$type<Partial<SettingsDto>>().defaultRaw("'{}'"),
  },
});
