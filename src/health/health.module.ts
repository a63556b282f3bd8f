import { Module } from '@nestjs/common';
import { ImagesModule } from '../images/images.module.js';
import { HealthController } from './health.controller.js';

/** Health checks and metrics. */
@Module({ imports: [ImagesModule], controllers: [HealthController] })
export class HealthModule {}
