import { randomBytes } from 'node:crypto';
import { AppError } from '../http/app-error.js';
import { StartError } from '../config.js';
import { run } from '../run.js';
import { UsersService } from '../users/users.service.js';
import { withApp } from './with-app.js';

/**
 * `npm run admin:create`: creates an administrator from ADMIN_USERNAME and ADMIN_PASSWORD, or with a random password.
 */
await run(() =>
  withApp(async (app, { adminUsername, adminPassword }) => {
    const password = adminPassword ?? randomBytes(12).toString('base64url');
    try {
      await app.get(UsersService).createAdministrator(adminUsername, password);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw new StartError(`${adminUsername}: ${error.message}; set ADMIN_USERNAME to another name`);
    }
    process.stdout.write(`Administrator: ${adminUsername}\n`);
    if (adminPassword === null) process.stdout.write(`Password, shown this once: ${password}\n`);
  }),
);
