import { ormOptions } from './src/database/options.js';
import { ENTITIES } from './src/entities.js';

/** For the ORM's command line alone: `npm run migration:create`. The service has its own way to the options. */
export default ormOptions({
  url: process.env['DATABASE_URL'] ?? 'postgresql://postgres@localhost/tankobon',
  entities: ENTITIES,
  max: 1,
  withoutTimeouts: true,
  writesSnapshot: true,
});
