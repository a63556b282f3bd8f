import { PhotoIdSchema, PhotoSchema } from './photos/photo.entity.js';
import { AvatarIdSchema, AvatarSchema } from './accounts/avatar.entity.js';
import { RemovedFilesSchema } from './images/removed-files.entity.js';
import { DailyCountSchema, TotalSchema } from './database/counters.entity.js';
import { AuditEntrySchema } from './audit/audit-entry.entity.js';
import {
  PermissionSchema,
  RolePermissionSchema,
  RoleSchema,
  UserRoleSchema,
} from './accounts/role.entity.js';
import { SessionSchema } from './accounts/session.entity.js';
import {
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
import { CollectionItemSchema, CollectionTotalSchema } from './collection/collection-item.entity.js';
import { RatingSchema } from './ratings/rating.entity.js';
import { UserSettingsSchema } from './settings/settings.entity.js';
import { ClientSchema } from './clients/client.entity.js';
import { RateLimitSchema } from './limits/rate-limit.entity.js';
import { ReadingCountSchema, ReadingEntrySchema } from './reading-history/reading-entry.entity.js';
import { FormerReadSchema } from './reading-history/former-read.entity.js';
import { DeletedEntrySchema } from './reading-history/deleted-entry.entity.js';
import { IdempotencyKeySchema } from './idempotency/idempotency-key.entity.js';
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
  PermissionSchema,
  RoleSchema,
  RolePermissionSchema,
  UserRoleSchema,
  ClientSchema,
  AuditEntrySchema,
  RateLimitSchema,
  SeriesSchema,
  SeriesTitleSchema,
  SeriesDescriptionSchema,
  VolumeSchema,
  SeriesCountSchema,
  SeriesCardSchema,
  SeriesTextSchema,
  SeriesSearchSchema,
  VolumeSearchSchema,
  ReadingEntrySchema,
  ReadingCountSchema,
  FormerReadSchema,
  DeletedEntrySchema,
  ReaderCounterSchema,
  ReaderEventSchema,
  IdempotencyKeySchema,
  UserSettingsSchema,
  RatingSchema,
  RatingTotalSchema,
  RatingShardSchema,
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
];
