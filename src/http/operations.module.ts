import { Module } from '@nestjs/common';
import { ImagesModule } from '../images/images.module.js';
import { DocsController } from './docs.controller.js';
import { OperationsController } from './operations.controller.js';

/** Health, metrics and the document. */
@Module({ imports: [ImagesModule], controllers: [OperationsController, DocsController] })
export class OperationsModule {}
