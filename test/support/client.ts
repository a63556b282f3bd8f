import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { requireDocumented } from './document.js';

/** Whoever can show a credential. */
export interface SignedInUser {
  readonly accessToken: string;
  /** The value of the `refreshToken` cookie. */
  readonly cookie: string;
}

// A test names the fields that it expects; an absent one is undefined and fails the expectation.
// oxlint-disable-next-line no-explicit-any
type Body = any;

export interface Answer {
  readonly status: number;
  readonly body: Body;
  readonly headers: Record<string, string | string[] | number | undefined>;
  readonly text: string;
}

interface Options {
  readonly headers?: Record<string, string>;
  /** Sent as it is, instead of as JSON. */
  readonly raw?: string | Buffer;
}

/** Sends requests to an app, and compares every answer with the OpenAPI document. */
export class TestClient {
  constructor(
    private readonly app: NestFastifyApplication,
    private readonly credentials: Record<string, string> = {},
  ) {}

  /** As a user, by Bearer. */
  as(user: SignedInUser): TestClient {
    return this.with({ authorization: `Bearer ${user.accessToken}` });
  }

  /** As a user, by cookie. */
  withCookie(user: SignedInUser): TestClient {
    return this.with({ cookie: `refreshToken=${user.cookie}` });
  }

  with(headers: Record<string, string>): TestClient {
    return new TestClient(this.app, { ...this.credentials, ...headers });
  }

  get = (url: string, options?: Options) => this.send('GET', url, undefined, options);
  delete = (url: string, options?: Options) => this.send('DELETE', url, undefined, options);
  post = (url: string, body?: unknown, options?: Options) => this.send('POST', url, body, options);
  put = (url: string, body?: unknown, options?: Options) => this.send('PUT', url, body, options);
  patch = (url: string, body?: unknown, options?: Options) => this.send('PATCH', url, body, options);

  async send(
    method: string,
    url: string,
    body?: unknown,
    { headers = {}, raw }: Options = {},
  ): Promise<Answer> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await this.app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(payload === undefined || raw !== undefined ? {} : { 'content-type': 'application/json' }),
        ...this.credentials,
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    });
    const type = String(response.headers['content-type'] ?? '');
    requireDocumented(method, url, response.statusCode, type, response.payload);
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.payload,
      body: type.startsWith('application/json') && response.payload !== '' ? response.json() : undefined,
    };
  }
}

/** The value of the `refreshToken` cookie that an answer sets. */
export function refreshCookie(answer: Answer): string {
  const header = String(answer.headers['set-cookie'] ?? '');
  return /refreshToken=([^;]*)/.exec(header)?.[1] ?? '';
}
