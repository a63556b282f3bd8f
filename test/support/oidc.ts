import { createServer, type Server } from 'node:http';
import { Provider } from 'oidc-provider';
import { freePort } from './service.js';

/** What the provider knows about a person. */
export interface Person {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly preferred_username?: string;
  readonly given_name?: string;
}

/** A real OpenID Connect provider on loopback, with a person for each name that signs in. */
export class OidcServer {
  private server: Server | null = null;

  private constructor(
    readonly people: Map<string, Person>,
    readonly issuer: string,
    private readonly port: number,
    private readonly provider: Provider,
  ) {}

  /** @param redirectUris the callbacks of the service, one for each name that it gives the provider */
  static async start(redirectUris: readonly string[]): Promise<OidcServer> {
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const people = new Map<string, Person>();
    const provider = new Provider(issuer, {
      clients: [{ client_id: 'tankobon', client_secret: 'a secret', redirect_uris: [...redirectUris] }],
      claims: {
        openid: ['sub'],
        profile: ['preferred_username', 'given_name'],
        email: ['email', 'email_verified'],
      },
      cookies: { keys: ['a key'] },
      features: { devInteractions: { enabled: true } },
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => Promise.resolve({ sub: id, ...people.get(id) }),
      }),
    });
    provider.proxy = true;
    const server = new OidcServer(people, issuer, port, provider);
    await server.open();
    return server;
  }

  async open(): Promise<void> {
    const server = createServer(this.provider.callback() as never);
    await new Promise<void>((resolve) => server.listen(this.port, 'localhost', resolve));
    this.server = server;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = null;
    server?.closeAllConnections();
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /**
   * Signs a person in at the provider, in a browser of its own.
   *
   * @param url the URL that the service redirects to
   * @param consents false cancels on the provider's page
   * @returns the URL of the callback
   */
  async visit(url: string, person: string, consents = true): Promise<string> {
    const cookies = new Map<string, string>();
    let next: { url: string; form?: URLSearchParams } = { url };
    for (let step = 0; step < 12; step++) {
      const answer = await fetch(next.url, {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(next.form === undefined ? {} : { method: 'POST', body: next.form }),
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(name, value);
      }
      const location = answer.headers.get('location');
      if (location !== null) {
        const target = new URL(location, next.url).href;
        if (!target.startsWith(this.issuer)) return target;
        next = { url: target };
        continue;
      }
      const page = await answer.text();
      if (!consents) {
        next = { url: `${next.url}/abort` };
        continue;
      }
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? '';
      if (prompt === '') throw new Error(`The provider answers ${answer.status}: ${page.slice(0, 300)}`);
      next = { url: next.url, form: new URLSearchParams({ prompt, login: person, password: 'x' }) };
    }
    throw new Error('The provider does not return');
  }
}
