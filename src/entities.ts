import { PhotoIdSchema, PhotoSchema } from './photos/photo.entity.js';
import { AvatarIdSchema, AvatarSchema } from './accounts/avatar.entity.js';
import { RemovedFilesSchema } from './images/removed-files.entity.js';
import { DailyCountSchema, TotalSchema } from './database/counters.entity.js';
import { InstallationSchema } from './database/installation.entity.js';
import { AuditEntrySchema } from './audit/audit-entry.entity.js';
import {
  PermissionSchema,
  RolePermissionSchema,
  RoleSchema,
  UserRoleSchema,
} from './accounts/role.entity.js';
import { AccountLinkSchema } from './account-links/account-link.entity.js';
import { RecoveryCodeSchema, TwoFactorSchema } from './accounts/two-factor.entity.js';
import { InvitationRoleSchema, InvitationSchema } from './invitations/invitation.entity.js';
import { IdentitySchema, IdentitySubjectSchema, OidcAttemptSchema } from './accounts/identity.entity.js';
import { PersonalTokenSchema } from './accounts/personal-token.entity.js';
import { SessionSchema } from './accounts/session.entity.js';
import {
  CatalogVersionSchema,
  SeriesCountSchema,
  SeriesDescriptionSchema,
  SeriesSchema,
  SeriesTitleSchema,
  VolumeSchema,
} from './catalog/catalog.entity.js';
import {
  RatingShardSchema,
  RatingTotalSchema,
  SeriesCardSchema,
  SeriesSearchSchema,
  SeriesTextSchema,
  VolumeSearchSchema,
} from './catalog/read-model.entity.js';
import { CalendarSecretSchema } from './calendar/calendar-secret.entity.js';
import { CollectionItemSchema, CollectionTotalSchema } from './collection/collection-item.entity.js';
import { RatingSchema } from './ratings/rating.entity.js';
import { UserSettingsSchema } from './settings/settings.entity.js';
import { ClientSchema } from './clients/client.entity.js';
import { QueuedJobSchema } from './queue/queued-job.entity.js';
import { RateLimitSchema } from './limits/rate-limit.entity.js';
import { ReadingCountSchema, ReadingEntrySchema } from './reading-history/reading-entry.entity.js';
import { ReadingDaySchema } from './reading-history/reading-day.entity.js';
import { FormerReadSchema } from './reading-history/former-read.entity.js';
import { DeletedEntrySchema } from './reading-history/deleted-entry.entity.js';
import { IdempotencyKeySchema } from './idempotency/idempotency-key.entity.js';
import { ImportFileSchema, ImportRowSchema, ImportSchema } from './imports/imports.entity.js';
import { ReaderCounterSchema } from './reader-log/reader-counter.entity.js';
import { ReaderEventSchema } from './reader-log/reader-event.entity.js';
import { SearchFoldingSchema } from './search/search-folding.entity.js';
import { EmailSchema, UsernameSchema, UserSchema } from './accounts/user.entity.js';

/** The entities of all tables. */
export const ENTITIES = [
  UserSchema,
  UsernameSchema,
  EmailSchema,
  SessionSchema,
  AccountLinkSchema,
  PersonalTokenSchema,
  IdentitySchema,
  IdentitySubjectSchema,
  OidcAttemptSchema,
  TwoFactorSchema,
  RecoveryCodeSchema,
  PermissionSchema,
  RoleSchema,
  RolePermissionSchema,
  UserRoleSchema,
  InvitationSchema,
  InvitationRoleSchema,
  ClientSchema,
  AuditEntrySchema,
  RateLimitSchema,
  QueuedJobSchema,
  SeriesSchema,
  SeriesTitleSchema,
  SeriesDescriptionSchema,
  VolumeSchema,
  CatalogVersionSchema,
  SeriesCountSchema,
  SeriesCardSchema,
  SeriesTextSchema,
  SeriesSearchSchema,
  VolumeSearchSchema,
  ReadingEntrySchema,
  ReadingCountSchema,
  ReadingDaySchema,
  FormerReadSchema,
  DeletedEntrySchema,
  ReaderCounterSchema,
  ReaderEventSchema,
  IdempotencyKeySchema,
  ImportSchema,
  ImportFileSchema,
  ImportRowSchema,
  UserSettingsSchema,
  RatingSchema,
  RatingTotalSchema,
  RatingShardSchema,
  CalendarSecretSchema,
  CollectionItemSchema,
  CollectionTotalSchema,
  RemovedFilesSchema,
  AvatarSchema,
  AvatarIdSchema,
  PhotoSchema,
  PhotoIdSchema,
  TotalSchema,
  DailyCountSchema,
  SearchFoldingSchema,
  InstallationSchema,
];
