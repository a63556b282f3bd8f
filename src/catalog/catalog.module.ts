import { Module } from '@nestjs/common';
import { CatalogController } from './catalog.controller.js';
import { CatalogService } from './catalog.service.js';
import { CatalogImporter } from './import/catalog-importer.js';
import { ImportRepository } from './import/import.repository.js';
import { SeriesRepository } from './series.repository.js';
import { VolumeRepository } from './volume.repository.js';

@Module({
  controllers: [CatalogController],
  providers: [CatalogService, SeriesRepository, VolumeRepository, CatalogImporter, ImportRepository],
  exports: [CatalogService, CatalogImporter],
})
export class CatalogModule {}
