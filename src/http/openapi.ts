import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { AVATAR_SIZES } from '../avatars/avatar-files.js';
import { AvatarVersionDto } from '../avatars/avatars.dto.js';
import { ACCESS, type Access } from '../auth/access.js';
import { PROJECT_VERSION } from '../project-folder.js';
import {
  forbidden,
  internalError,
  invalidParameters,
  missingParameters,
  payloadTooLarge,
  serviceUnavailable,
  tooManyRequests,
  type Refusal,
  unauthorized,
  unsupportedMediaType,
  userNotFound,
} from './app-error.js';
import { exampleOf } from './openapi-examples.js';
import { explain, USER_ID } from './openapi-glossary.js';
import { OUTCOMES, type Outcomes, SETS_COOKIE } from './operation.js';
import { ResponseDto } from './response.dto.js';
import { toJsonSchema2020 } from './openapi-schemas.js';

type Json = Record<string, unknown>;

interface Parameter {
  in: string;
  name: string;
  required?: boolean;
  description?: string;
  schema: Json;
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & Record<string, unknown>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const TAGS: Record<string, string> = {
  'Sign-in': 'Accounts, sessions and tokens.',
  Users: 'Profiles, one’s own and, for administrators, everybody’s. By Bearer alone.',
  Settings: 'Preferences that the server keeps for the frontends.',
  Profiles: 'What readers show to everybody.',
  Ratings: 'What readers think of series. Averages and histograms are exact after every change.',
  Collection: 'The volumes that a reader owns.',
  'Reading history': 'What a reader keeps about the series they read.',
  Catalog: 'Series and volumes: what can be read, rated and collected.',
  Avatars: 'Profile images in ten sizes.',
  Photos: 'Pictures in users’ own libraries.',
  'Photo moderation': 'Deletion of photos by partners’ servers.',
  Administration: 'Users, roles, statistics and the audit log, for those whose roles allow it.',
  Clients: 'Registered frontends and their keys.',
  Images: 'Stored pictures, for everybody who knows their URL.',
  Operations: 'Health and metrics, for whoever runs the service.',
};

/** What holds for every operation. */
const DESCRIPTION = `The user side of a manga, comic and light-novel tracker.

- Unknown fields of a body are refused, unknown query parameters ignored; a blank parameter is an absent one, and clears an optional text. Bodies are UTF-8 and have at most 64 KiB unless an operation says otherwise. Texts hold neither U+0000 nor half a surrogate pair.
- What is missing is told before what is wrong: 400 \`Required parameters missing\`, then \`Invalid parameters\`. Where fields are at fault, \`errors\` names them.
- A \`client\` that is not registered, or disabled, is a 400, in a query as well.
- A genuine token whose user is gone is a 404 \`User not found\`, wherever tokens are looked at. On routes for everybody a bad Bearer token is a 401, a bad cookie is none at all. A request with both is a Bearer request.
- Unknown routes and methods, \`HEAD\` included, are a 404 \`Not found\`.
- Timestamps are RFC 3339 in UTC with milliseconds.`;

/** The OpenAPI document of an app: generated from its controllers, completed with what their access implies. */
export function buildDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Tankobon')
    .setDescription(DESCRIPTION)
    .setVersion(PROJECT_VERSION)
    .addServer('/', 'This server')
    .setOpenAPIVersion('3.1.1')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token.' },
      'bearer',
    )
    .addCookieAuth(
      'refreshToken',
      { type: 'apiKey', in: 'cookie', description: 'Set by signing in.' },
      'cookie',
    )
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'websiteId', description: 'The client’s id.' },
      'websiteId',
    )
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'webApiClientKey', description: 'The client’s key.' },
      'webApiClientKey',
    );
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  const base = builder.build();
  Object.assign(base.info, {
    contact: { name: 'Tankobon' },
    license: { name: 'All rights reserved', identifier: 'LicenseRef-Proprietary' },
  });
  const document = SwaggerModule.createDocument(app, base, {
    extraModels: [ResponseDto, AvatarVersionDto],
  });
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );
  const messages = new Set<string>();
  for (const { path, method, operation } of all) complete(operation, method, path, messages);
  Object.assign(document.components?.schemas ?? {}, { Message: messageSchema(messages) });
  closeRequests(
    document,
    all.map(({ operation }) => operation),
  );
  const finished = withPlainNames(toJsonSchema2020(document));
  explainAll(finished);
  return finished;
}

/** Bodies with unknown fields are refused, and so are those of changes that change nothing. */
function closeRequests(document: OpenAPIObject, operations: readonly Operation[]): void {
  for (const { requestBody } of operations) {
    const media = (requestBody as { content?: Record<string, { schema: Json }> } | undefined)?.content;
    const reference = media?.['application/json']?.schema['$ref'];
    if (typeof reference !== 'string') continue;
    const name = reference.slice(reference.lastIndexOf('/') + 1);
    const schema = document.components?.schemas?.[name] as Json;
    schema['additionalProperties'] = false;
    if (name.endsWith('Changes')) schema['minProperties'] = 1;
  }
}

/** Every message of families A, B and C: a closed list. */
function messageSchema(messages: ReadonlySet<string>) {
  return {
    type: 'string',
    description: 'What happened. Clients may compare it; the list grows only with the version.',
    enum: [...messages].toSorted(),
  };
}

/** Schemas under the field's own names: what the code calls `UserDto` is a `User`. */
function withPlainNames(document: OpenAPIObject): OpenAPIObject {
  const schemas = Object.keys(document.components?.schemas ?? {});
  const taken = new Set(schemas);
  const renamed = schemas.filter((name) => name.endsWith('Dto') && !taken.has(name.slice(0, -3)));
  let text = JSON.stringify(document);
  for (const name of renamed) {
    text = text.replaceAll(`"#/components/schemas/${name}"`, `"#/components/schemas/${name.slice(0, -3)}"`);
  }
  const plain = JSON.parse(text) as OpenAPIObject;
  const components = Object.entries(plain.components?.schemas ?? {}).map(([name, schema]) => [
    renamed.includes(name) ? name.slice(0, -3) : name,
    schema,
  ]);
  return { ...plain, components: { ...plain.components, schemas: Object.fromEntries(components) as never } };
}

/** Descriptions, examples and limits for whatever has none of its own. */
function explainAll(document: OpenAPIObject): void {
  const schemas = document.components?.schemas as Record<string, Json>;
  for (const [name, schema] of Object.entries(schemas)) {
    const properties = (schema['properties'] ?? {}) as Record<string, Json>;
    for (const [field, property] of Object.entries(properties)) explain(name, field, property);
  }
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item) as Operation[]) {
      for (const parameter of (operation.parameters ?? []) as unknown as Parameter[]) {
        const { in: place, name, schema } = parameter;
        const said: Json = { ...schema };
        if (parameter.description !== undefined) said['description'] = parameter.description;
        explain(place, `${place}.${name}`, said);
        const { description, example = exampleOf(said, schemas), ...rest } = said;
        Object.assign(parameter, { description, example, schema: rest });
      }
      const bodies = [operation.requestBody, ...Object.values(operation.responses)] as {
        content?: Record<string, { schema: Json; example?: unknown; examples?: unknown }>;
      }[];
      for (const body of bodies) {
        const media = body?.content?.['application/json'];
        if (media === undefined || media.example !== undefined || media.examples !== undefined) continue;
        media.example = exampleOf(media.schema, schemas);
      }
    }
  }
}

function complete(operation: Operation, method: string, path: string, messages: Set<string>): void {
  const access = operation[ACCESS] as Access;
  const { successes, refuses } = operation[OUTCOMES] as Outcomes;
  delete operation[ACCESS];
  const setsCookie = operation[SETS_COOKIE] === true;
  delete operation[OUTCOMES];
  delete operation[SETS_COOKIE];
  // Nest guesses another status of success from the method.
  for (const status of Object.keys(operation.responses)) {
    if (!successes.includes(Number(status))) delete operation.responses[status];
  }
  for (const response of Object.values(operation.responses) as { headers?: Json }[]) {
    const headers = { ...(access.unlimited ? {} : RATE_LIMIT), ...(setsCookie ? SET_COOKIE : {}) };
    if (Object.keys(headers).length > 0) response.headers = { ...response.headers, ...headers };
  }
  operation.security = securityOf(access);
  operation.description = [operation.description, asksFor(access)].filter(Boolean).join(' ');
  for (const parameter of (operation.parameters ?? []) as unknown as Parameter[]) {
    if (parameter.in === 'path') parameter.schema = pathSchema(parameter, path);
  }
  const { example } =
    (operation.responses[String(successes[0])] as { content?: Record<string, Json> }).content?.[
      'application/json'
    ] ?? {};
  if (typeof (example as Json | undefined)?.['data'] === 'string')
    messages.add((example as Json)['data'] as string);
  const byStatus = Map.groupBy([...refuses, ...implied(operation, access, method)], ({ status }) => status);
  for (const [status, refusals] of [...byStatus].toSorted(([one], [other]) => one - other)) {
    if (!access.clientKey) for (const { message } of refusals) messages.add(message);
    operation.responses[String(status)] = access.clientKey
      ? describeEnvelope(refusals)
      : describe(status, [...new Set(refusals.map(({ message }) => message))]);
  }
}

/** Whom an operation serves, in words: permissions have no place in a document's security. */
function asksFor({ kind, permission, administrator, clientKey }: Access): string {
  if (clientKey) return 'For partners’ servers, by client key.';
  if (permission !== undefined) return `For users with the permission \`${permission}\`.`;
  if (administrator) return 'For users with the role `admin`, by Bearer token.';
  const sentences = {
    open: 'For everybody; credentials are ignored.',
    anyone: 'For everybody.',
    'signed-in': 'For signed-in users.',
    bearer: 'For signed-in users, by Bearer token.',
    refresh: 'For signed-in users, by cookie.',
  };
  return sentences[kind];
}

/** What an id in a path looks like: the pipes that read it are unknown to Nest's generator. */
function pathSchema({ name, schema }: Parameter, path: string): Json {
  if (schema['type'] === 'number') return { type: 'integer', minimum: 1, example: 1, description: 'Its id.' };
  if (path.includes('/auth/sessions/')) {
    const example = '0b6e1d3c-4f52-4a8e-9d7b-2c1a5e8f9b60';
    return { type: 'string', format: 'uuid', example, description: 'The session’s id.' };
  }
  if (name === 'size') {
    const description = 'One of the sizes, or the original one.';
    return { type: 'string', enum: [...AVATAR_SIZES], example: '180x180', description };
  }
  if (name === 'userId' || (name === 'id' && !path.includes('/images/avatars/'))) {
    return { ...USER_ID, description: 'The user’s id.' };
  }
  return name === 'id'
    ? { type: 'integer', minimum: 1, example: 7, description: 'The avatar’s id.' }
    : schema;
}

function securityOf({ kind, clientKey }: Access): Record<string, string[]>[] {
  if (clientKey) return [{ websiteId: [], webApiClientKey: [] }];
  if (kind === 'open') return [];
  if (kind === 'bearer') return [{ bearer: [] }];
  if (kind === 'refresh') return [{ cookie: [] }];
  const either: Record<string, string[]>[] = [{ cookie: [] }, { bearer: [] }];
  return kind === 'anyone' ? [{}, ...either] : either;
}

/** What an operation refuses because of its access, its parameters and its body. */
function implied(operation: Operation, access: Access, method: string): Refusal[] {
  const refusals: Refusal[] = access.unlimited
    ? [internalError]
    : [tooManyRequests, internalError, serviceUnavailable];
  if (access.clientKey) return refusals;
  const parameters = (operation.parameters ?? []) as { required?: boolean }[];
  const hasBody = operation.requestBody !== undefined;
  const mayHaveBody = method !== 'get';
  if (parameters.length > 0 || mayHaveBody) refusals.push(invalidParameters);
  if (parameters.some(({ required }) => required) || hasBody) refusals.push(missingParameters);
  if (mayHaveBody) refusals.push(payloadTooLarge, unsupportedMediaType);
  if (access.kind !== 'open') refusals.push(unauthorized, userNotFound);
  const byCookie = access.kind === 'signed-in' || access.kind === 'refresh';
  if ((byCookie && mayHaveBody) || access.permission !== undefined || access.administrator)
    refusals.push(forbidden);
  return refusals;
}

function describe(status: number, messages: readonly string[]) {
  const examples = Object.fromEntries(
    messages.map((message) => [nameOf(message), { value: { data: message, code: status } }]),
  );
  const schema = { $ref: '#/components/schemas/Answer' };
  const content = { 'application/json': { schema, examples } };
  return { description: messages.join(' · '), ...headersOf(status), content };
}

const textHeader = (description: string, example: string) => ({
  description,
  schema: { type: 'string', example },
});

/** What every answer says where requests are limited. */
const RATE_LIMIT = {
  'RateLimit-Policy': textHeader('How many requests in how many seconds.', '"requests";q=600;w=60'),
  RateLimit: textHeader(
    'How many requests remain, and the seconds until the limit begins anew.',
    '"requests";r=597;t=42',
  ),
};
const SET_COOKIE = {
  'Set-Cookie': textHeader(
    'Sets or clears the cookie of the session; JavaScript cannot read it.',
    'refreshToken=eyJ; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax',
  ),
};

/** What a refusal says beside its body. */
function headersOf(status: number): { headers?: Record<string, { description: string; schema: object }> } {
  if (status === 416) {
    return { headers: { 'Content-Range': textHeader('How many bytes there are.', 'bytes */1234') } };
  }
  if (status !== 429 && status !== 503) return {};
  const schema = { type: 'integer', minimum: 1, example: 30 };
  return { headers: { 'Retry-After': { description: 'Seconds after which to try again.', schema } } };
}

/** The same in family D's envelope, whose messages tell what its statuses do not. */
function describeEnvelope(refusals: readonly Refusal[]) {
  const examples = Object.fromEntries(
    refusals.map(({ status, message, code }) => [
      nameOf(message),
      { value: { Response: 'Error', Message: message, Data: null, ErrorCode: code ?? String(status) } },
    ]),
  );
  const schema = { $ref: '#/components/schemas/EnvelopeDto' };
  const description = [...new Set(refusals.map(({ message }) => message))].join(' · ');
  const headers = headersOf(refusals[0]?.status ?? 0);
  return { description, ...headers, content: { 'application/json': { schema, examples } } };
}

function nameOf(message: string): string {
  const words = message.replace(/[^A-Za-z0-9 ]/g, '').split(' ');
  return words
    .map((word, index) => (index === 0 ? word.toLowerCase() : word[0]?.toUpperCase() + word.slice(1)))
    .join('');
}
