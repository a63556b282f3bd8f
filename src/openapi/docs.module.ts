import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';

/** The served document, and Swagger UI. */
@Module({ controllers: [DocsController] })
export class DocsModule {}
