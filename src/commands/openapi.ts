import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module.js';
import { createAdapter } from '../app.js';
import { AVATAR_SIZES } from '../avatars/avatar-files.js';
import { AvatarVersionDto } from '../avatars/avatars.dto.js';
import { readConfig, StartError } from '../config.js';
import { DatabaseSettings } from '../database/database-settings.js';
import { buildDocument } from '../openapi/document.js';
import { PROJECT_FOLDER } from '../project-folder.js';
import { run } from '../run.js';

const FILE = join(PROJECT_FOLDER, 'openapi', 'openapi.json');

const SCHEMAS = {
  models: [AvatarVersionDto],
  named: {
    AvatarSize: {
      type: 'string',
      enum: [...AVATAR_SIZES],
      description: 'Pixels of a square picture, or `full` for the original one.',
      example: '180x180',
    },
  },
};

/** `npm run openapi`: writes the OpenAPI document; with `--check`, fails if the file differs. Needs no database. */
await run(async () => {
  const config = readConfig({ LOG_LEVEL: 'error' });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.for(config, new DatabaseSettings('postgresql://localhost/none', true, 2)),
    createAdapter(config),
    { preview: true, logger: ['error'], abortOnError: false },
  );
  const text = `${JSON.stringify(buildDocument(app, SCHEMAS), null, 2)}\n`;
  if (!process.argv.includes('--check')) return writeFile(FILE, text);
  const committed = await readFile(FILE, 'utf8').catch(() => '');
  if (committed !== text)
    throw new StartError('openapi/openapi.json is stale: run npm run openapi and commit it');
});
process.exit();
