import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuditEntryRepository } from './audit-entry.repository.js';
import { AuditLog } from './audit-log.js';

@Module({
  controllers: [AuditController],
  providers: [AuditLog, AuditEntryRepository],
  exports: [AuditLog],
})
export class AuditModule {}
