import type { TestProject } from 'vitest/node';
import { OidcServer } from '../support/oidc.js';
import { freePort, Service } from '../support/service.js';

/** The password of the first administrator. */
const PASSWORD = 'correct horse battery';

declare module 'vitest' {
  interface ProvidedContext {
    dashboard: { readonly url: string; readonly password: string; readonly dataDir: string };
  }
}

/** Starts one service with its dashboard for all tests, and a provider to sign in with. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const port = await freePort();
  const oidc = await OidcServer.start([`http://localhost:${port}/auth/oidc/example/callback`]);
  const service = await Service.start({
    PORT: String(port),
    ADMIN_PASSWORD: PASSWORD,
    OIDC_PROVIDERS: 'example',
    OIDC_EXAMPLE_ISSUER: oidc.issuer,
    OIDC_EXAMPLE_CLIENT_ID: 'tankobon',
    OIDC_EXAMPLE_CLIENT_SECRET: 'a secret',
    OIDC_EXAMPLE_LABEL: 'Example',
  });
  project.provide('dashboard', { url: service.url, password: PASSWORD, dataDir: service.dataDir });
  return async () => {
    await service.discard();
    await oidc.close();
  };
}
