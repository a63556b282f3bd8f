import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CatalogChanges } from './catalog-changes.js';
import { CatalogController } from './catalog.controller.js';
import { CatalogService } from './catalog.service.js';
import { CatalogImporter } from './import/catalog-importer.js';
import { ImportController } from './import/import.controller.js';
import { ImportService } from './import/import.service.js';
import { ImportRepository } from './import/import.repository.js';
import { SeriesRepository } from './series.repository.js';
import { VolumeRepository } from './volume.repository.js';

@Module({
  imports: [AuditModule],
  controllers: [CatalogController, ImportController],
  providers: [
    CatalogService,
    CatalogChanges,
    ImportService,
    SeriesRepository,
    VolumeRepository,
    CatalogImporter,
    ImportRepository,
  ],
  exports: [CatalogService, CatalogChanges, CatalogImporter],
})
export class CatalogModule {}
