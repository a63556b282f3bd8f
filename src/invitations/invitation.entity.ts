import { defineEntity, p } from '@mikro-orm/core';
import { RoleSchema } from '../accounts/role.entity.js';

/** An invitation to register. */
export const InvitationSchema = defineEntity({
  name: 'Invitation',
  tableName: 'invitations',
  properties: {
    id: p.integer().primary().autoincrement(),
    /** SHA-256 of the secret, which has 256 random bits. */
    hash: p.text().unique().hidden(),
    note: p.text().nullable(),
    /** How many accounts it may create, and how many it has created. */
    uses: p.integer(),
    used: p.integer().default(0),
    expires: p.datetime(3).nullable(),
    created: p.datetime(3).defaultRaw('current_timestamp(3)'),
    /** Id of the administrator; null after that account's deletion. */
    createdBy: p.text().nullable(),
  },
});

/** The roles that accounts of an invitation get. */
export const InvitationRoleSchema = defineEntity({
  name: 'InvitationRole',
  tableName: 'invitation_roles',
  properties: {
    invitation: p.manyToOne(InvitationSchema).primary().deleteRule('cascade'),
    role: p.manyToOne(RoleSchema).primary().deleteRule('cascade').index(),
  },
});
