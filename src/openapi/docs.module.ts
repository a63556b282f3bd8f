import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';

/** Serves the OpenAPI document and Swagger UI. */
@Module({ controllers: [DocsController] })
export class DocsModule {}
