import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { OperationsController } from './operations.controller.js';

/** Health, metrics and the document. */
@Module({ controllers: [OperationsController, DocsController] })
export class OperationsModule {}
