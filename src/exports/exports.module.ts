import { Module } from '@nestjs/common';
import { ImagesModule } from '../images/images.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { UsersModule } from '../users/users.module.js';
import { ArchiveContent } from './archive-content.js';
import { ExportRepository } from './export.repository.js';
import { ExportTurns } from './export-turns.js';
import { ExportsController } from './exports.controller.js';
import { ExportsService } from './exports.service.js';

@Module({
  imports: [ImagesModule, SettingsModule, UsersModule],
  controllers: [ExportsController],
  providers: [ExportsService, ExportTurns, ExportRepository, ArchiveContent],
})
export class ExportsModule {}
