import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodingFor } from '../../src/http/encoding.js';
import { appForFile, startApp, type TestApp } from '../support/app.js';
import { document, operations } from '../support/document.js';

const app = appForFile();
const decode = { br: brotliDecompressSync, gzip: gunzipSync };

/** Sends a request without decoding the response: `TestClient` cannot read compressed bodies. */
async function request(url: string, headers: Record<string, string>, { nest }: TestApp = app) {
  const answer = await nest.inject({ method: 'GET', url, headers });
  return { status: answer.statusCode, headers: answer.headers, bytes: answer.rawPayload };
}

describe('GET /openapi.json', () => {
  it('serves the committed document with PUBLIC_URL as its server', async () => {
    const { body } = await app.client.get('/openapi.json');
    const { servers, ...rest } = body;
    const { servers: committed, ...same } = document;
    expect(rest).toEqual(same);
    expect(committed.map(({ url }) => url)).toEqual(['http://localhost:3000']);
    expect(servers).toEqual([{ url: 'http://localhost:3000', description: 'This server' }]);
  });

  it.each(['https://h.example/tankobon', 'https://h.example/', 'http://127.0.0.1:8080'])(
    'names PUBLIC_URL=%s as the server of the document, without a slash at its end',
    async (url) => {
      const other = await startApp({ PUBLIC_URL: url }, app.database);
      const { body } = await other.client.get('/openapi.json');
      expect(body.servers[0].url).toBe(url.replace(/\/$/, ''));
      await other.close();
    },
  );

  it('answers 304 to a client that has the current document', async () => {
    const { headers, status } = await app.client.get('/openapi.json');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-cache');
    const etag = String(headers['etag']);
    for (const tag of [etag, etag.replace('W/', ''), `"other", ${etag}`, '*']) {
      const known = await request('/openapi.json', { 'if-none-match': tag });
      expect(known.status, tag).toBe(304);
      expect(known.bytes.length, tag).toBe(0);
      expect(known.headers['etag'], tag).toBe(etag);
    }
    expect((await request('/openapi.json', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('compresses the document to less than a tenth when the client accepts br or gzip', async () => {
    const plain = await request('/openapi.json', {});
    expect(plain.headers).not.toHaveProperty('content-encoding');
    for (const encoding of ['br', 'gzip'] as const) {
      const { headers, bytes } = await request('/openapi.json', { 'accept-encoding': encoding });
      expect(headers['content-encoding']).toBe(encoding);
      expect(headers['vary']).toContain('accept-encoding');
      expect(decode[encoding](bytes)).toEqual(plain.bytes);
      expect(bytes.length).toBeLessThan(plain.bytes.length / 10);
      expect(Number(headers['content-length'])).toBe(bytes.length);
      expect(headers['etag']).toBe(plain.headers['etag']);
    }
  });

  it('links the document on the page of Swagger UI, and compresses the files of Swagger UI', async () => {
    expect((await app.client.get('/docs')).text).toMatch(/<a href="[^"]*\/openapi\.json">/);
    const bundle = await request('/docs/assets/swagger-ui-bundle.js', {
      'accept-encoding': 'gzip, deflate, br',
    });
    expect(bundle.headers['content-encoding']).toBe('br');
    expect(bundle.bytes.length).toBeLessThan(500_000);
  });
});

describe('compression of JSON', () => {
  it('compresses JSON from one kilobyte on when the client accepts br or gzip', async () => {
    await app.a.series(...Array.from({ length: 20 }, () => ({})));
    const plain = await request('/series', {});
    expect(plain.bytes.length).toBeGreaterThan(1024);
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(plain.headers['vary']).toContain('accept-encoding');
    for (const encoding of ['br', 'gzip'] as const) {
      const { headers, bytes } = await request('/series', { 'accept-encoding': encoding });
      expect(headers['content-encoding']).toBe(encoding);
      expect(decode[encoding](bytes)).toEqual(plain.bytes);
      expect(Number(headers['content-length'])).toBe(bytes.length);
    }
    const small = await request('/health/live', { 'accept-encoding': 'gzip, br' });
    expect(small.headers).not.toHaveProperty('content-encoding');
  });

  it('keeps Origin in Vary when it compresses a response', async () => {
    const origins = { CORS_ORIGINS: 'https://app.example,https://other.example' };
    const other = await startApp(origins, app.database);
    const headers = { origin: 'https://app.example', 'accept-encoding': 'br' };
    const answer = await request('/series', headers, other);
    expect(String(answer.headers['vary']).toLowerCase()).toMatch(/origin.*accept-encoding/);
    await other.close();
  });

  it('sends responses that contain a token or a key uncompressed', async () => {
    const holders = operations.filter(
      ({ operationId, responses }) =>
        // The keys of facets and statistics are values of filters.
        !/^catalogFacets$|Statistics$/.test(operationId) &&
        Object.entries(responses).some(([status, { content }]) => status < '300' && hasSecret(content)),
    );
    expect(holders.map(({ operationId }) => operationId)).toEqual(
      expect.arrayContaining(['authLogin', 'authMe', 'authRefresh', 'authRegister', 'clientsCreate']),
    );
    // The service decides by these path prefixes which responses stay uncompressed.
    for (const { path } of holders) expect(path).toMatch(/^\/(auth\/|admin\/(clients|invitations)\b)/);
    const reader = await app.a.user();
    // These links make the response long enough for compression.
    const url = `https://example.com/${'a'.repeat(80)}`;
    const links = ['website', 'facebook', 'instagram', 'linkedin', 'x', 'youtube'];
    const changes = Object.fromEntries(links.map((link) => [link, url]));
    expect((await app.client.as(reader).put('/users/current', changes)).status).toBe(200);
    const authorization = `Bearer ${reader.accessToken}`;
    const { headers, bytes } = await request('/auth/me', { authorization, 'accept-encoding': 'gzip, br' });
    expect(bytes.length).toBeGreaterThan(1024);
    expect(headers).not.toHaveProperty('content-encoding');
  });

  it.each([
    [undefined, null],
    ['', null],
    ['identity', null],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['GZIP;Q=1.0, br;q=0.5', 'gzip'],
    ['br;q=0, gzip;q=0', null],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['deflate', null],
  ])('chooses for Accept-Encoding %s the encoding %s', (accept, encoding) => {
    expect(encodingFor(accept)).toBe(encoding);
  });
});

/** Whether a response has a field with a token, key or other secret. */
function hasSecret(content: object | undefined): boolean {
  const text = JSON.stringify(content ?? {}).replace(/"#\/components\/schemas\/(\w+)"/g, (_, name: string) =>
    JSON.stringify(document.components.schemas[name]?.['properties'] ?? null),
  );
  return /"(accessToken|key|token|secret|recovery_codes|invitation)":/.test(text);
}
