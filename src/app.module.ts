import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AdminModule } from './admin/admin.module.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { SessionsModule } from './access/sessions.module.js';
import { CalendarModule } from './calendar/calendar.module.js';
import { CatalogModule } from './catalog/catalog.module.js';
import { ClientsModule } from './clients/clients.module.js';
import { Config } from './config.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { DatabaseModule } from './database/database.module.js';
import type { DatabaseSettings } from './database/database-settings.js';
import { ENTITIES } from './entities.js';
import { ExportsModule } from './exports/exports.module.js';
import { FirstStartModule } from './first-start/first-start.module.js';
import { ErrorFilter } from './http/error.filter.js';
import { OldRows } from './jobs/old-rows.js';
import { LoadMonitor } from './limits/load-shedding.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { MailModule } from './mail/mail.module.js';
import { QueueModule } from './queue/queue.module.js';
import { HealthModule } from './health/health.module.js';
import { RequestLimit } from './limits/request-limit.js';
import { RateLimits } from './limits/rate-limits.js';
import { DocsModule } from './openapi/docs.module.js';
import { ReadingHistoryModule } from './reading-history/reading-history.module.js';
import { AvatarsModule } from './avatars/avatars.module.js';
import { CollectionModule } from './collection/collection.module.js';
import { PhotosModule } from './photos/photos.module.js';
import { ProfilesModule } from './profiles/profiles.module.js';
import { InvitationsModule } from './invitations/invitations.module.js';
import { IdentitiesModule } from './identities/identities.module.js';
import { PersonalTokensModule } from './personal-tokens/personal-tokens.module.js';
import { TwoFactorModule } from './two-factor/two-factor.module.js';
import { RecoveryModule } from './recovery/recovery.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { RatingsModule } from './ratings/ratings.module.js';
import { SearchModule } from './search/search.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { UsersModule } from './users/users.module.js';

@Global()
@Module({})
class FoundationModule {
  static for(config: Config): DynamicModule {
    return {
      module: FoundationModule,
      providers: [{ provide: Config, useValue: config }, RateLimits, RequestLimit, LoadMonitor, OldRows],
      exports: [Config, RateLimits, RequestLimit, LoadMonitor, OldRows],
    };
  }
}

/** The composition root: all modules of the service. */
@Module({})
export class AppModule {
  static for(config: Config, database: DatabaseSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        FoundationModule.for(config),
        DatabaseModule.for(database, ENTITIES),
        IdempotencyModule,
        HealthModule,
        DocsModule,
        DashboardModule.of(),
        SearchModule,
        QueueModule,
        MailModule,
        SessionsModule,
        SignInModule,
        RecoveryModule,
        TwoFactorModule,
        PersonalTokensModule,
        IdentitiesModule,
        InvitationsModule,
        UsersModule,
        CatalogModule,
        ClientsModule,
        ReadingHistoryModule,
        SettingsModule,
        RatingsModule,
        CalendarModule,
        CollectionModule,
        ImportsModule,
        ProfilesModule,
        AvatarsModule,
        PhotosModule,
        ExportsModule,
        AdminModule,
        FirstStartModule,
      ],
      providers: [{ provide: APP_FILTER, useClass: ErrorFilter }],
    };
  }
}
