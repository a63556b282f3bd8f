import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { CollectionModule } from '../collection/collection.module.js';
import { RatingsModule } from '../ratings/ratings.module.js';
import { ReaderLogModule } from '../reader-log/reader-log.module.js';
import { ReadingHistoryModule } from '../reading-history/reading-history.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { ImportApplier } from './import-applier.js';
import { ImportPlanner } from './import-planner.js';
import { ImportReader } from './import-reader.js';
import { ImportRowRepository } from './import-row.repository.js';
import { ImportRowsController } from './import-rows.controller.js';
import { ImportRepository } from './import.repository.js';
import { ImportsController } from './imports.controller.js';
import { ImportsService } from './imports.service.js';
import { Matcher } from './matching/matcher.js';
import { ReaderLists } from './reader-lists.js';

/** Imports of lists of other trackers. */
@Module({
  imports: [
    ClientsModule,
    CollectionModule,
    RatingsModule,
    ReaderLogModule,
    ReadingHistoryModule,
    SettingsModule,
  ],
  controllers: [ImportsController, ImportRowsController],
  providers: [
    ImportsService,
    ImportRepository,
    ImportRowRepository,
    ImportReader,
    ImportPlanner,
    ImportApplier,
    ReaderLists,
    Matcher,
  ],
})
export class ImportsModule {}
