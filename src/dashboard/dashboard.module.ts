import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { Config } from '../config.js';
import { PROJECT_FOLDER } from '../project-folder.js';
import { DashboardController } from './dashboard.controller.js';
import { DashboardFiles } from './dashboard-files.js';

/** Serves the administrators' dashboard, which `npm run build:dashboard` builds. The service works without it. */
@Module({})
export class DashboardModule {
  /** @param folder the folder that Vite writes */
  static of(folder = join(PROJECT_FOLDER, 'dashboard', 'dist')): DynamicModule {
    const files = {
      provide: DashboardFiles,
      inject: [Config],
      useFactory: ({ basePath }: Config) => new DashboardFiles(folder, basePath),
    };
    return { module: DashboardModule, controllers: [DashboardController], providers: [files] };
  }
}
