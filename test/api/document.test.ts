import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { readOneMore } from '../../openapi/client/example.js';
import { appForFile } from '../support/app.js';
import { document, operations } from '../support/document.js';
import type { AddressInfo } from 'node:net';

const app = appForFile();

type Json = Record<string, unknown>;
const schemas = Object.entries(document.components.schemas);
const properties = schemas.flatMap(([name, schema]) =>
  Object.entries((schema['properties'] ?? {}) as Record<string, Json>).map(
    ([field, property]) => [`${name}.${field}`, property, schema, field] as const,
  ),
);
/** Names of the schemas of request bodies and of the items of bulks. Their fields may be optional. */
const requests = new Set(
  operations.flatMap(({ requestBody }) => {
    const media = requestBody?.content?.['application/json'] ?? requestBody?.content?.['multipart/form-data'];
    const schema = media?.['schema'] as { $ref?: string } | undefined;
    const name = schema?.$ref?.split('/').at(-1) ?? '';
    const fields = document.components.schemas[name]?.['properties'] as Record<string, Json> | undefined;
    const items = ((fields?.['items']?.['items'] as Json | undefined)?.['oneOf'] ?? []) as { $ref: string }[];
    return [name, ...items.map(({ $ref }) => $ref.split('/').at(-1) ?? '')];
  }),
);
/** A validator as clients configure it: without tolerance for multipleOf, and with formats. */
const ajv = addFormats.default(new Ajv2020({ strict: false }));
ajv.addSchema({ $id: 'document', components: document.components });

/** Every schema of the document, nested ones too, with its path. */
function* allSchemas(node: unknown, path = ''): Generator<[path: string, schema: Json]> {
  if (typeof node !== 'object' || node === null) return;
  const isSchema = ['type', '$ref', 'anyOf', 'enum'].some((key) => key in node);
  if (isSchema && !path.endsWith('/properties')) yield [path, node as Json];
  for (const [key, value] of Object.entries(node)) {
    if (!['example', 'examples', 'enum', 'required'].includes(key))
      yield* allSchemas(value, `${path}/${key}`);
  }
}
const everySchema = [...allSchemas({ components: document.components.schemas, paths: document.paths })];
const pathsWhere = (holds: (schema: Json, path: string) => boolean) =>
  everySchema.filter(([path, schema]) => holds(schema, path)).map(([path]) => path);
/** Compiles a schema of the document, whose references point into `components`. */
const compile = (schema: unknown) =>
  ajv.compile(
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/')) as Json,
  );

/** Schemas by the schema whose resource they share: fields of the same name have the same meaning. */
const SAME_RESOURCE: Record<string, readonly string[]> = {
  User: [
    'UserWithSettings',
    'AdminUser',
    'AdminUserDetail',
    'Registration',
    'ProfileChanges',
    'AdminUserChanges',
  ],
  Settings: ['SettingsChanges'],
  HistoryCounts: ['GeneralReadingStatistics'],
  ReadingMonth: ['ReadingYear', 'PublicMonth', 'PublicYear'],
  ReadingStatistics: ['PublicReadingStatistics'],
  Series: [
    'SeriesDetail',
    'AdminSeries',
    'SeriesReference',
    'ShelfSeries',
    'HistorySeries',
    'PublicHistorySeries',
  ],
  Volume: ['FirstVolume'],
  ReadingEntry: [
    'ReadingEntryInput',
    'PublicEntry',
    'BulkAddEntry',
    'BulkUpdateEntry',
    'BulkPutEntry',
    'BulkPatchEntry',
    'BulkProgress',
    'BulkDeleteEntry',
  ],
  Read: ['NewRead', 'ReadChanges'],
  Answer: ['EntryAnswer', 'EntryConflict', 'RatingAnswer', 'ItemAnswer', 'AvatarAnswer'],
  Bulk: ['HistoryBulk', 'CollectionBulk'],
  BulkResult: ['HistoryBulkResult', 'CollectionBulkResult'],
  BulkItemResult: ['HistoryBulkItemResult', 'CollectionBulkItemResult'],
  Item: ['NewItem', 'ItemChanges', 'BulkAddItem', 'BulkUpdateItem', 'BulkDeleteItem'],
  Rating: ['RatingInput'],
  Client: ['NewClient', 'NewClientInput', 'ClientChanges', 'RotatedKey'],
  Role: ['NewRole', 'RoleChanges'],
  Invitation: ['CreatedInvitation'],
  Token: ['CreatedToken'],
  CollectionDetails: ['Item'],
};
/** Fields with the position of a page in its list, which mean the same in every list. */
const POSITION = ['max', 'from', 'to', 'total'];
/** The resource that the path parameter `id` identifies, by a pattern of operation ids. */
const PATH_IDS: Record<string, RegExp> = {
  series: /^(series|rating|readingStatus|reads)/,
  event: /^eventsUndo$/,
  volume: /^(volumes|collectionAdd)/,
  item: /^collection(Update|Delete)/,
  avatar: /^avatars(Get|Update|Delete)$/,
  picture: /^imagesGetAvatar$/,
  photo: /^photosDelete$/,
  image: /^adminImages/,
  import: /^imports(?!List$|Create$)/,
  client: /^clients/,
  role: /^roles/,
  session: /^authSessions/,
  invitation: /^invitations/,
  token: /^authTokens/,
  identity: /^authIdentities/,
  user: /^(adminUsers|settings|avatars(Create|GetOfUser)|photos(Create|List)|(adminP|p)rofileImage|userAvatar|imagesGetDefault)/,
};

function meaningOfField(schema: string, field: string): string {
  if (field === 'current_password') return field;
  if (schema.endsWith('Page') && schema !== 'UserPage' && POSITION.includes(field)) return `page.${field}`;
  if (schema.endsWith('BulkFailure')) return field === 'results' ? 'bulk-failure.results' : `Answer.${field}`;
  const resource = Object.keys(SAME_RESOURCE).find((name) => SAME_RESOURCE[name]?.includes(schema));
  return `${resource ?? schema}.${field}`;
}

function meaningOfParameter(place: string, name: string, operationId: string): string {
  if (place !== 'path' || name !== 'id') return `${place}.${name}`;
  const owners = Object.keys(PATH_IDS).filter((owner) => PATH_IDS[owner]?.test(operationId));
  expect(owners, operationId).toHaveLength(1);
  return `path.${owners[0]}`;
}

describe('openapi.json', () => {
  it('documents every property with a description, an example and its limits', () => {
    const lacking = properties.flatMap(([name, property]) => {
      const isReference =
        '$ref' in property || 'anyOf' in property || '$ref' in ((property['items'] ?? {}) as Json);
      const isText = [property['type']].flat().includes('string');
      const isBounded = ['maxLength', 'format', 'pattern', 'enum', 'const'].some(
        (limit) => limit in property,
      );
      return [
        ...(property['description'] === undefined ? [`${name}: description`] : []),
        ...(property['example'] === undefined && !isReference ? [`${name}: example`] : []),
        ...(isText && !isBounded && !name.endsWith('.password') ? [`${name}: limit`] : []),
      ];
    });
    expect(lacking).toEqual([]);
  });

  it('describes fields and parameters of different meaning in different words', () => {
    const fields = schemas.flatMap(([schema, { properties = {} }]) =>
      Object.entries(properties as Record<string, Json>).map(([field, { description }]) => ({
        meaning: meaningOfField(schema, field),
        description: description as string,
      })),
    );
    const parameters = operations.flatMap(({ operationId, parameters = [] }) =>
      parameters.map(({ in: place, name, description }) => ({
        meaning: meaningOfParameter(place, name, operationId),
        description: description as string,
      })),
    );
    // Some descriptions end with a sentence about their example, which is not compared.
    const byWords = Map.groupBy([...fields, ...parameters], ({ description }) =>
      description.replace(/ The example names .*$/, '').toLowerCase(),
    );
    const ambiguous = [...byWords]
      .map(([words, uses]) => [words, [...new Set(uses.map(({ meaning }) => meaning))]] as const)
      .filter(([, meanings]) => meanings.length > 1);
    expect(ambiguous).toEqual([]);
  });

  it('marks every property of a response as required, except errors and warnings', () => {
    // The view `card` lacks four properties, and only answers to signed-in readers have their entries and ratings.
    const ofViews = ['Series', 'AdminSeries', 'HistorySeries', 'PublicHistorySeries', 'ShelfSeries'].flatMap(
      (name) => ['description', 'aliases', 'tags', 'links'].map((field) => `${name}.${field}`),
    );
    const ofReaders = ['Series', 'SeriesDetail'].flatMap((name) => [`${name}.entry`, `${name}.rating`]);
    const optional = properties
      .filter(([name]) => ![...ofViews, ...ofReaders].includes(name))
      .filter(([name]) => !requests.has(name.split('.')[0] ?? ''))
      .filter(([, , schema, field]) => !((schema['required'] ?? []) as string[]).includes(field))
      .map(([name]) => name);
    // Only validation errors have `errors`, only imports that skip a part of a line have `warnings`, and only conflicts
    // have the resource as it is.
    expect(optional.toSorted()).toEqual([
      'Answer.errors',
      'CollectionBulkItemResult.item',
      'HistoryBulkItemResult.entry',
      'ImportReport.warnings',
    ]);
  });

  it('has an example for every JSON body and parameter, which its schema accepts', () => {
    for (const operation of operations) {
      const bodies = [operation.requestBody, ...Object.values(operation.responses)];
      for (const body of bodies) {
        const media = (body?.content as Record<string, Json> | undefined)?.['application/json'];
        if (media === undefined) continue;
        const examples = [
          ...('example' in media ? [media['example']] : []),
          ...Object.values((media['examples'] ?? {}) as Record<string, { value: unknown }>).map(
            ({ value }) => value,
          ),
        ];
        expect(examples.length, operation.operationId).toBeGreaterThan(0);
        const validate = compile(media['schema']);
        for (const example of examples) {
          expect(validate(example), `${operation.operationId} ${ajv.errorsText(validate.errors)}`).toBe(true);
        }
      }
      for (const parameter of operation.parameters ?? []) {
        expect(parameter, `${operation.operationId} ${parameter.name}`).toMatchObject({
          description: expect.any(String),
        });
        expect(parameter.example, `${operation.operationId} ${parameter.name}`).toBeDefined();
        if (parameter.schema?.['format'] === 'objectid') continue;
        const validate = compile(parameter.schema);
        expect(validate(parameter.example), `${operation.operationId} ${parameter.name}`).toBe(true);
      }
    }
  });

  it('defines every enum once, as a named schema', () => {
    const inline = pathsWhere((schema, path) => 'enum' in schema && !/^\/components\/\w+$/.test(path));
    expect(inline).toEqual([]);
  });

  it('describes the properties of nested schemas, too', () => {
    const lacking = pathsWhere((schema, path) => /\/properties\/[^/]+$/.test(path) && !schema['description']);
    expect(lacking).toEqual([]);
  });

  it('uses no fractional multipleOf, which validators compute inexactly', () => {
    expect(pathsWhere(({ multipleOf }) => typeof multipleOf === 'number' && multipleOf < 1)).toEqual([]);
  });

  it.each([
    ['RatingInput', 'rating', 10, 100],
    ['ReadingEntryInput', 'score', 10, 100],
    ['ReadingEntryInput', 'progress', 100, 20_000],
    ['ItemChanges', 'price', 100, 10_000],
    ['NewItem', 'price', 100, 10_000],
  ])('has a schema that accepts every valid value of %s.%s', (schema, field, parts, last) => {
    const validate = compile({ $ref: `#/components/schemas/${schema}/properties/${field}` });
    const first = field === 'rating' ? parts : 0;
    const values = Array.from({ length: last - first + 1 }, (_, index) => (first + index) / parts);
    expect(values.filter((value) => !validate(value))).toEqual([]);
  });

  it('uses formats that validators know, except objectid of family B', () => {
    const unknown = everySchema.filter(
      ([, { format }]) => format !== undefined && !(`${format}` in ajv.formats),
    );
    // The contract prescribes this format for the path parameter of family B.
    expect(unknown.map(([path, { format }]) => `${path} ${format}`)).toEqual([
      '/paths//users/{userId}/get/parameters/0/schema objectid',
      '/paths//users/{userId}/delete/parameters/0/schema objectid',
    ]);
  });

  it('gives optional fields of request bodies no default, which would make them required in typed clients', () => {
    const optional = properties
      .filter(([, property, schema, field]) => {
        return 'default' in property && !((schema['required'] ?? []) as string[]).includes(field);
      })
      .map(([name]) => name);
    expect(optional).toEqual([]);
    const entry = document.components.schemas['ReadingEntryInput'] as { properties: Record<string, Json> };
    const defaults = Object.entries(entry.properties).map(([name, schema]) => [name, schema['default']]);
    expect(defaults.filter(([, value]) => value !== undefined)).toEqual([
      ['visibility', 'private'],
      ['progressType', 'chapters'],
      ['status', 'started'],
    ]);
    expect(entry.properties['reread']?.['description']).toContain('Default: `0`.');
  });

  it('documents request headers as strings with a maximum length', () => {
    const headers = operations.flatMap(({ parameters = [] }) =>
      parameters.filter((one) => one.in === 'header'),
    );
    expect(headers.length).toBeGreaterThan(0);
    for (const { name, schema } of headers) {
      expect(schema, name).toMatchObject({ type: 'string', maxLength: expect.any(Number) });
    }
    expect(headers.find(({ name }) => name === 'websiteId')?.schema?.['pattern']).toBe('^[1-9][0-9]*$');
  });

  it('has no example with a property named value, which tools mistake for an Example Object', () => {
    const ambiguous = operations.filter(({ requestBody, responses }) =>
      [requestBody, ...Object.values(responses)].some((body) =>
        Object.values((body?.content ?? {}) as Record<string, Json>).some(
          ({ example }) => typeof example === 'object' && example !== null && 'value' in example,
        ),
      ),
    );
    expect(ambiguous.map(({ operationId }) => operationId)).toEqual([]);
  });

  it('has only examples in schemas that the schema accepts', () => {
    const wrong = everySchema
      .filter(([, schema]) => 'example' in schema && schema['format'] !== 'objectid')
      .filter(([, schema]) => !compile(schema)(schema['example']))
      .map(([path, { example }]) => `${path} ${JSON.stringify(example)}`);
    expect(wrong).toEqual([]);
  });

  it('names a server URL without a slash at its end', () => {
    expect(document.servers.length).toBeGreaterThan(0);
    for (const { url } of document.servers) expect(url).toMatch(/^https?:\/\/[^/]+(\/.*[^/])?$/);
  });

  it('marks a request body as required exactly when the service rejects a request without it', async () => {
    const admin = await app.a.administrator();
    for (const { operationId, method, path, requestBody, parameters = [] } of operations) {
      if (requestBody === undefined) continue;
      const url = parameters.reduce((url, { in: place, name, example }) => {
        const value = name === 'id' && typeof example === 'string' ? admin.id : String(example);
        return place === 'path' ? url.replace(`{${name}}`, value) : url;
      }, path);
      const [type] = Object.keys(requestBody.content ?? {});
      const headers: Record<string, string> = type === 'application/json' ? { 'content-type': type } : {};
      const { status, body } = await app.client.as(admin).send(method, url, undefined, { headers });
      const isMissing = status === 400 && body.data === 'Required parameters missing';
      expect(isMissing, `${operationId} ${status}`).toBe(requestBody.required);
    }
    const rotated = await app.client.as(admin).post(`/admin/clients/${await app.a.clientId()}/rotate-key`);
    expect(rotated.status).toBe(200);
  });

  it('suffices to generate a client that can update a reading entry', async () => {
    await app.nest.listen(0, '127.0.0.1');
    const { port } = app.nest.getHttpServer().address() as AddressInfo;
    const reader = await app.a.user();
    const series = await app.a.oneSeries();
    await app.client
      .as(reader)
      .post(`/user/reading-status/add/${series}`, await app.a.entry({ progress: 4 }));
    expect(await readOneMore(`http://127.0.0.1:${port}`, reader.username, reader.password)).toBe(5);
    const { body } = await app.client.as(reader).get(`/user/reading-status/id/${series}`);
    expect(body.progress).toBe(5);
  });
});
