import { Module } from '@nestjs/common';
import { ImagesModule } from '../images/images.module.js';
import { DocsController } from '../openapi/docs.controller.js';
import { OperationsController } from './health.controller.js';

/** Health, metrics and the document. */
@Module({ imports: [ImagesModule], controllers: [OperationsController, DocsController] })
export class OperationsModule {}
