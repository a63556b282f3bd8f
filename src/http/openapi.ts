import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
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
import { OUTCOMES, type Outcomes } from './operation.js';
import { ResponseDto } from './response.dto.js';
import { toJsonSchema2020 } from './openapi-schemas.js';

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

/** The OpenAPI document of an app: generated from its controllers, completed with what their access implies. */
export function buildDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Tankobon')
    .setDescription('The user side of a manga, comic and light-novel tracker.')
    .setVersion(PROJECT_VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
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
  const document = SwaggerModule.createDocument(app, builder.build(), {
    extraModels: [ResponseDto, AvatarVersionDto],
  });
  for (const item of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (operation !== undefined) complete(operation, method);
    }
  }
  return toJsonSchema2020(document);
}

function complete(operation: Operation, method: string): void {
  const access = operation[ACCESS] as Access;
  const { status: success, refuses } = operation[OUTCOMES] as Outcomes;
  delete operation[ACCESS];
  delete operation[OUTCOMES];
  // Nest guesses another status of success from the method.
  for (const status of Object.keys(operation.responses)) {
    if (status !== String(success)) delete operation.responses[status];
  }
  operation.security = securityOf(access);
  const byStatus = Map.groupBy([...refuses, ...implied(operation, access, method)], ({ status }) => status);
  for (const [status, refusals] of [...byStatus].toSorted(([one], [other]) => one - other)) {
    operation.responses[String(status)] = access.clientKey
      ? describeEnvelope(refusals)
      : describe(status, [...new Set(refusals.map(({ message }) => message))]);
  }
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
  const refusals: Refusal[] = [tooManyRequests, internalError, serviceUnavailable];
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
  const schema = { $ref: '#/components/schemas/Response' };
  return { description: messages.join(' · '), content: { 'application/json': { schema, examples } } };
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
  return { description, content: { 'application/json': { schema, examples } } };
}

function nameOf(message: string): string {
  const words = message.replace(/[^A-Za-z0-9 ]/g, '').split(' ');
  return words
    .map((word, index) => (index === 0 ? word.toLowerCase() : word[0]?.toUpperCase() + word.slice(1)))
    .join('');
}
