import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PROJECT_VERSION } from '../project-folder.js';
import { completeOperation, type Json, type Operation, type Parameter } from './operations.js';
import { exampleOf } from './examples.js';
import { type Route, routesOf } from './route-metadata.js';
import { ResponseDto } from '../http/response.dto.js';
import { requiresAProperty } from '../http/validation.js';
import { toJsonSchema2020 } from './schemas.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const TAGS: Record<string, string> = {
  'Sign-in': 'Accounts, sessions and tokens.',
  Recovery: 'New passwords for users who lost theirs, and the verification of addresses.',
  'Two-factor': 'The second factor of an account: an authenticator app, and recovery codes.',
  'Personal tokens': 'Tokens that users make for programs.',
  Identities: 'Sign-in with OpenID Connect providers.',
  Users: 'Your own account and, for administrators, all accounts; by Bearer token only.',
  Settings: 'Preferences that the server stores for the frontends.',
  Profiles: 'Public profiles of readers.',
  Ratings: 'Readers’ ratings of series. Averages and histograms are exact after every change.',
  Collection: 'The volumes that a reader owns, has ordered or wants, and what is missing of their series.',
  Calendar: 'Releases of a reader’s series, for frontends and for programs that subscribe to them.',
  'Reading history': 'Entries of the series that a reader reads: status, progress, score, dates, notes.',
  Log: 'The log of a reader’s changes, and their undo.',
  Imports: 'Lists of other trackers: uploaded, matched with the catalog, previewed, applied and undone.',
  Export: 'The data of your account as an archive, and your lists as MyAnimeList XML and CSV.',
  Catalog: 'Series and volumes: what can be read, rated and collected.',
  Avatars: 'Profile images in ten sizes.',
  Photos: 'Pictures in users’ own libraries.',
  'Photo moderation': 'Deletion of photos by partners’ servers.',
  Administration: 'Users, roles, statistics and the audit log, for those whose roles allow it.',
  Clients: 'Registered frontends and their keys.',
  Images: 'Stored pictures, without a credential.',
  Operations: 'Health checks and metrics for operators.',
};

/** The conventions of all operations. */
const DESCRIPTION = `The user side of a manga, comic and light-novel tracker.

- Unknown fields of a body are refused; unknown query parameters are ignored. A blank parameter counts as absent; in a change, it clears an optional text. Bodies are UTF-8 and have at most 64 KiB unless an operation says otherwise. Texts must not contain U+0000 or lone surrogates.
- Missing parameters are reported before invalid ones: 400 \`Required parameters missing\`, then \`Invalid parameters\`. \`errors\` names all faulty parameters of path, query and body.
- An unregistered or disabled \`client\` is a 400, in a query too.
- A valid token of a deleted user is a 404 \`User not found\` on every route that reads credentials. On routes that need no credential, an invalid Bearer token is a 401 and an invalid cookie is ignored. If a request has both credentials, the Bearer token is used.
- Unknown routes and methods are a 404 \`Not found\`. \`HEAD\` is answered as \`GET\` without a body for pictures, health checks, this document and its page. On other routes it is a 404.
- An array in a query is written with commas or by repeating the parameter; a repeated parameter that takes one value is a 400.
- A request whose URL and headers together exceed 16 KiB is a 431 \`Invalid parameters\`.
- CORS: pages of the configured origins may read every answer, with credentials. Pages of every origin may read pictures.
- Timestamps are RFC 3339 in UTC with milliseconds.`;

const BEARER =
  'An access token from `/auth/login` or `/auth/me`, valid for ten minutes, or a personal token (`tkp_…`) from `/auth/tokens`. Every operation that reads credentials, also where they are optional, refuses an expired token with 401, even if the cookie is valid. In Swagger UI choose Authorize, then Logout, or paste a new token.';

const SCHEMAS = '#/components/schemas/';

/** The key of the only entry in `examples`. */
const EXAMPLE = 'example';

/** Schemas that no controller uses as a body or an answer. */
export interface ExtraSchemas {
  /** DTOs that other schemas refer to. */
  readonly models: readonly Type[];
  /** Schemas by their names. */
  readonly named: Readonly<Record<string, Json>>;
}

/** The OpenAPI document of an app, generated from its controllers and the metadata of their routes. */
export function buildDocument(app: INestApplication, { models, named }: ExtraSchemas): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Tankobon')
    .setDescription(DESCRIPTION)
    .setVersion(PROJECT_VERSION)
    // A running service replaces this by `PUBLIC_URL`. With `/` clients would request `//auth/login`.
    .addServer('http://localhost:3000', 'This server')
    .setOpenAPIVersion('3.1.1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: BEARER }, 'bearer')
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
    extraModels: [ResponseDto, ...models],
  });
  const all = Object.values(document.paths).flatMap((item) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      return operation === undefined ? [] : [{ method, operation }];
    }),
  );
  const messages = new Set<string>();
  const routes = routesOf(app);
  for (const { method, operation } of all) {
    const route = routes.get(operation.operationId ?? '');
    if (route === undefined)
      throw new Error(`The operation ${operation.operationId} has no @ApiRoute or no access decorator`);
    completeOperation(operation, method, route, messages);
    if (route.input.body !== undefined) closeBodySchema(document, operation, route.input.body);
  }
  Object.assign(document.components?.schemas ?? {}, {
    Message: messageSchema(messages),
    ...named,
  });
  const finished = toJsonSchema2020(document);
  addExamples(finished, routes);
  return finished;
}

/**
 * Documents that a body must not have unknown fields, and must not be empty if the DTO requires a property. The body is
 * optional if it may be empty.
 */
function closeBodySchema(document: OpenAPIObject, operation: Operation, dto: Type): void {
  const name = getSchemaPath(dto).slice(SCHEMAS.length);
  const schema = document.components?.schemas?.[name] as Json;
  const required = (schema['required'] ?? []) as string[];
  if (requiresAProperty(dto)) schema['minProperties'] = 1;
  (operation.requestBody as { required?: boolean }).required = requiresAProperty(dto) || required.length > 0;
  closeSchema(document, schema);
}

/** Closes a schema of a request, and the schemas of the items of its lists. */
function closeSchema(document: OpenAPIObject, schema: Json): void {
  const required = (schema['required'] ?? []) as string[];
  schema['additionalProperties'] = false;
  for (const [field, property] of Object.entries(schema['properties'] as Record<string, Json>)) {
    if (!required.includes(field)) describeDefault(property);
    for (const { $ref } of ((property['items'] as Json | undefined)?.['oneOf'] ?? []) as { $ref: string }[]) {
      closeSchema(document, document.components?.schemas?.[$ref.slice(SCHEMAS.length)] as Json);
    }
  }
}

/**
 * Moves the default of an optional field to its description. openapi-typescript makes fields with the keyword `default`
 * required, in requests too.
 */
function describeDefault(property: Json): void {
  if (!('default' in property)) return;
  const { default: value } = property;
  delete property['default'];
  property['description'] = [property['description'], `Default: \`${JSON.stringify(value)}\`.`]
    .filter(Boolean)
    .join(' ');
}

/** The enum of all messages of families A, B and C. */
function messageSchema(messages: ReadonlySet<string>) {
  return {
    type: 'string',
    description:
      'The outcome, as a constant that clients may compare. New messages are added only with a new version.',
    enum: [...messages].toSorted(),
  };
}

/** Adds examples to bodies and parameters, composed of the examples of their fields. */
function addExamples(document: OpenAPIObject, routes: ReadonlyMap<string, Route>): void {
  const schemas = document.components?.schemas as Record<string, Json>;
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item) as Operation[]) {
      for (const parameter of (operation.parameters ?? []) as unknown as Parameter[]) {
        const { example = exampleOf(parameter.schema, schemas), ...schema } = parameter.schema;
        Object.assign(parameter, { example, schema });
      }
      const bodies = [operation.requestBody, ...Object.values(operation.responses)] as {
        content?: Record<string, { schema: Json; example?: unknown; examples?: unknown }>;
      }[];
      for (const body of bodies) addBodyExample(body?.content?.['application/json'], schemas);
      const { message, successes } = routes.get(operation.operationId ?? '') as Route;
      const [status = 200] = successes;
      const success = operation.responses[String(status)] as { content?: Record<string, { example: Json }> };
      const media = success.content?.['application/json'];
      if (message !== undefined && media !== undefined)
        media.example = withMessage(media.example, { data: message, code: status });
    }
  }
}

/** The example of an answer with another message, without the errors of a 400. */
function withMessage(example: Json, message: { data: string; code: number }): Json {
  const { errors: _, ...rest } = example;
  return { ...rest, ...message };
}

function addBodyExample(
  media: { schema: Json; example?: unknown; examples?: unknown } | undefined,
  schemas: Readonly<Record<string, Json>>,
): void {
  for (const example of Object.values((media?.examples ?? {}) as Record<string, Json>)) {
    if (example['$ref'] === undefined) continue;
    const body = exampleOf({ $ref: example['$ref'] }, schemas) as Json;
    example['value'] = withMessage(body, example['value'] as { data: string; code: number });
    delete example['$ref'];
  }
  if (media === undefined || media.example !== undefined || media.examples !== undefined) return;
  const value = exampleOf(media.schema, schemas);
  // Mock generators mistake an example with the key `value` for an Example Object.
  const isAmbiguous = typeof value === 'object' && value !== null && 'value' in value;
  Object.assign(media, isAmbiguous ? { examples: { [EXAMPLE]: { value } } } : { example: value });
}
