import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FirstStart } from '../../src/first-start/first-start.js';
import { startApp, type TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import { type DocumentedOperation, operations } from '../support/document.js';
import { tableDigests } from '../support/table-digests.js';

const PASSWORD = 'correct horse battery';
let app: TestApp;
let accessToken: string;
let cookie: string;

/** A fresh installation, seeded by the first start. */
beforeAll(async () => {
  app = await startApp({ ADMIN_PASSWORD: PASSWORD });
  await app.nest.get(FirstStart).prepare();
  const answer = await app.client.post('/auth/login', { username: 'admin', password: PASSWORD });
  accessToken = answer.body.accessToken as string;
  cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
});
afterAll(async () => app.close());

/** Sends the request that Swagger UI prefills: examples of the path, of required query parameters and of the body. */
async function execute(operation: DocumentedOperation): Promise<Answer> {
  let url = operation.path;
  for (const { in: place, name, required, example, schema } of operation.parameters ?? []) {
    const text = encodeURIComponent(String(example ?? schema?.['example'] ?? schema?.['default'] ?? ''));
    if (place === 'path') url = url.replace(`{${name}}`, text);
    else if (place === 'query' && required) url += `${url.includes('?') ? '&' : '?'}${name}=${text}`;
  }
  const media = operation.requestBody?.content?.['application/json'] as
    { example?: unknown; examples?: Record<string, { value: unknown }> } | undefined;
  const body = media?.example ?? Object.values(media?.examples ?? {})[0]?.value;
  const onlyCookie = operation.security.length === 1 && 'cookie' in (operation.security[0] as object);
  const client = app.client.with(onlyCookie ? { cookie } : { authorization: `Bearer ${accessToken}` });
  return client.send(operation.method, url, body);
}

const needsFile = ({ requestBody }: DocumentedOperation) =>
  ['multipart/form-data', 'application/octet-stream'].some((type) => type in (requestBody?.content ?? {}));

const isDestructive = ({ operationId, method }: DocumentedOperation) =>
  method === 'DELETE' ||
  /^(authLogout|deleteUserPhoto|adminUsersLogout|adminUsersTwoFactorDisable|clientsRotateKey)$/.test(
    operationId,
  );

/** Statuses of examples that cannot succeed on a fresh installation. */
const EXPECTED: Readonly<Record<string, number>> = {
  // An import has an id of the reader's own sequence.
  importsGet: 404,
  importsListRows: 404,
  importsUpdate: 404,
  importsDecideRow: 404,
  importsApply: 404,
  importsUndo: 404,
  // The URL of a picture is known only after its upload.
  imagesGetAvatar: 404,
  imagesGetPhoto: 404,
  // The ids of events and reads depend on the changes before.
  eventsUndo: 404,
  eventsUndoOrigin: 404,
  readsUpdate: 404,
  // Tokens and codes are made by the service.
  calendarSubscribe: 401,
  authPasswordReset: 400,
  authEmailVerify: 400,
  authTwoFactorConfirm: 400,
  authTwoFactorDisable: 409,
  authTwoFactorRecoveryCodes: 409,
  // No provider is configured.
  authOidcBegin: 404,
  authOidcCallback: 404,
  authIdentitiesLink: 404,
  // The first administrator has no address.
  authEmailVerification: 400,
};

/** Statuses of deletions that also succeed if there is nothing to delete. */
const HARMLESS = new Map([['calendarSecretDelete', [204]]]);

describe('the examples of the document', () => {
  it('changes nothing when the examples of destructive operations are executed on a fresh installation', async () => {
    const before = await tableDigests(app.database);
    for (const operation of operations.filter(isDestructive)) {
      if (/^(authLogout|usersDeleteCurrent|authSessionsEndOthers)$/.test(operation.operationId)) continue;
      const { status } = await execute(operation);
      expect(HARMLESS.get(operation.operationId) ?? [404, 401], operation.operationId).toContain(status);
      expect(await tableDigests(app.database), operation.operationId).toEqual(before);
    }
    expect((await app.client.with({ authorization: `Bearer ${accessToken}` }).get('/auth/me')).status).toBe(
      200,
    );
  });

  it('keeps the data of a fresh installation when the examples of updates by id are executed', async () => {
    const before = await tableDigests(app.database);
    for (const id of ['usersUpdateCurrent', 'clientsUpdate', 'rolesUpdate', 'adminUsersUpdate']) {
      const operation = operations.find(({ operationId }) => operationId === id) as DocumentedOperation;
      expect((await execute(operation)).status, id).toBe(200);
      expect(await tableDigests(app.database), id).toEqual(before);
    }
    const { body } = await app.client.with({ authorization: `Bearer ${accessToken}` }).get('/users/current');
    expect(body).toMatchObject({ username: 'admin', roles: ['admin', 'user'] });
    expect((await app.client.post('/auth/login', { username: 'admin', password: PASSWORD })).status).toBe(
      200,
    );
  });

  it('succeeds with the examples of all other operations on a fresh installation', async () => {
    const failed: string[] = [];
    const others = operations.filter((operation) => !isDestructive(operation) && !needsFile(operation));
    // First the operations that add, then updates, then reads.
    const rank = ({ method, operationId }: DocumentedOperation) =>
      method === 'GET' ? 2 : /update/i.test(operationId) ? 1 : 0;
    for (const operation of others.toSorted((one, other) => rank(one) - rank(other))) {
      const { status, text } = await execute(operation);
      const expected = EXPECTED[operation.operationId];
      const isExpected = expected === undefined ? status < 400 : status === expected;
      if (!isExpected) failed.push(`${operation.operationId}: ${status} ${text.slice(0, 120)}`);
    }
    expect(failed).toEqual([]);
  });
});
