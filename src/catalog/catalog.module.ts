import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AdminSeriesController } from './admin-series.controller.js';
import { CatalogChanges } from './catalog-changes.js';
import { CatalogController } from './catalog.controller.js';
import { CatalogService } from './catalog.service.js';
import { FacetRepository } from './facet.repository.js';
import { FacetsService } from './facets.service.js';
import { CatalogImporter } from './import/catalog-importer.js';
import { IsbnController } from './isbn.controller.js';
import { ImportController } from './import/import.controller.js';
import { ImportService } from './import/import.service.js';
import { ImportRepository } from './import/import.repository.js';
import { SeriesRepository } from './series.repository.js';
import { VolumeRepository } from './volume.repository.js';

@Module({
  imports: [AuditModule],
  controllers: [CatalogController, IsbnController, AdminSeriesController, ImportController],
  providers: [
    CatalogService,
    CatalogChanges,
    FacetsService,
    FacetRepository,
    ImportService,
    SeriesRepository,
    VolumeRepository,
    CatalogImporter,
    ImportRepository,
  ],
  exports: [CatalogService, CatalogChanges, CatalogImporter],
})
export class CatalogModule {}
