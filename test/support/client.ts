import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { recordAnswer } from './answers.js';
import { findOperation, assertDocumented } from './document.js';
import type { Part } from './forms.js';
import { asGeneratedCall, type GeneratedCall } from './generated.js';

/** The credentials of a user. */
export interface SignedInUser {
  readonly accessToken: string;
  /** The value of the `refreshToken` cookie. */
  readonly cookie: string;
}

// Tests read the fields that they expect. A missing field is undefined and fails the expectation.
// oxlint-disable-next-line no-explicit-any
type Body = any;

export interface Answer {
  readonly status: number;
  readonly body: Body;
  readonly headers: Record<string, string | string[] | number | undefined>;
  readonly text: string;
  readonly bytes: Buffer;
}

interface Options {
  readonly headers?: Record<string, string>;
  /** A body that is sent unchanged instead of as JSON. */
  readonly raw?: string | Buffer;
  /** The parts of the multipart form in `raw`, if it is complete. */
  readonly parts?: readonly Part[];
}

type Sent = Awaited<ReturnType<NestFastifyApplication['inject']>>;

/**
 * Sends requests to an app, through the client generated from the OpenAPI document where it can express them, and
 * compares every response with the document.
 */
export class TestClient {
  constructor(
    private readonly app: NestFastifyApplication,
    private readonly credentials: Record<string, string> = {},
  ) {}

  /** A client that sends the Bearer token of a user. */
  as(user: SignedInUser): TestClient {
    return this.with({ authorization: `Bearer ${user.accessToken}` });
  }

  /** A client that sends the refresh cookie of a user. */
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
    { headers = {}, raw, parts }: Options = {},
  ): Promise<Answer> {
    const bytes = raw !== undefined && parts === undefined ? asBytes(method, url, raw, headers) : undefined;
    const isPlain = raw === undefined || parts !== undefined || bytes !== undefined;
    const call = isPlain ? asGeneratedCall(method, url, bytes ?? body, parts) : null;
    const response =
      call === null
        ? await this.sendAsItIs(method, url, body, headers, raw)
        : await this.sendGenerated(call, headers);
    const type = String(response.headers['content-type'] ?? '');
    assertDocumented(method, url, response.statusCode, type, response.payload);
    const operation = call?.operation ?? findOperation(method, url);
    if (operation !== undefined) recordAnswer(operation.operationId, response.statusCode, call !== null);
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.payload,
      bytes: response.rawPayload,
      body: type.startsWith('application/json') && response.payload !== '' ? response.json() : undefined,
    };
  }

  private async sendAsItIs(
    method: string,
    url: string,
    body: unknown,
    headers: Record<string, string>,
    raw: string | Buffer | undefined,
  ): Promise<Sent> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    return this.app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(payload === undefined || raw !== undefined ? {} : { 'content-type': 'application/json' }),
        ...this.credentials,
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    });
  }

  private async sendGenerated(call: GeneratedCall, headers: Record<string, string>): Promise<Sent> {
    // The generated client sets the content type of a form, with its own boundary.
    const { 'content-type': type, ...others } = headers;
    if (type !== undefined && !type.startsWith('multipart/')) Object.assign(others, { 'content-type': type });
    let sent: Sent | undefined;
    await call.make({ ...this.credentials, ...others }, async (request) => {
      const bytes = Buffer.from(await request.arrayBuffer());
      const { pathname, search } = new URL(request.url);
      sent = await this.app.inject({
        method: request.method as 'GET',
        url: pathname + search,
        headers: Object.fromEntries(request.headers),
        ...(bytes.length === 0 ? {} : { payload: bytes }),
      });
      return asResponse(sent);
    });
    if (sent === undefined) throw new Error('The generated client sent no request');
    return sent;
  }
}

/** The raw body as a Blob for the generated client if its operation reads a stream; else undefined. */
function asBytes(
  method: string,
  url: string,
  raw: string | Buffer,
  headers: Record<string, string>,
): Blob | undefined {
  const types = Object.keys(findOperation(method, url)?.requestBody?.content ?? {});
  const type = headers['content-type'] ?? '';
  const isStreamed = types.includes(type) && !/json$|^multipart/.test(type.replace('x-ndjson', ''));
  return isStreamed && headers['content-length'] === undefined ? new Blob([raw as never]) : undefined;
}

function asResponse({ statusCode: status, headers, rawPayload }: Sent): Response {
  const hasBody = ![204, 304].includes(status);
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]);
  return new Response(hasBody ? new Uint8Array(rawPayload) : null, { status, headers: texts });
}

/** The value of the `refreshToken` cookie that an answer sets. */
export function refreshCookie(answer: Answer): string {
  const header = String(answer.headers['set-cookie'] ?? '');
  return /refreshToken=([^;]*)/.exec(header)?.[1] ?? '';
}
