import type { Type } from '@nestjs/common';
import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { ResponseDto } from '../http/response.dto.js';
import type { Access } from './access-metadata.js';
import {
  accountSuspended,
  forbidden,
  idempotencyKeyReused,
  insufficientStorage,
  internalError,
  invalidParameters,
  missingParameters,
  payloadTooLarge,
  requestInProgress,
  serviceUnavailable,
  tooManyRequests,
  type ErrorDefinition,
  unauthorized,
  unsupportedMediaType,
  userNotFound,
} from '../http/app-error.js';
import type { PathParameter } from '../http/input.js';
import type { Route } from './route-metadata.js';

export type Json = Record<string, unknown>;

export interface Parameter {
  in: string;
  name: string;
  required?: boolean;
  description?: string;
  schema: Json;
}

export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & Record<string, unknown>;

/**
 * Completes an operation with the facts that its access and its input imply: security, errors with their messages,
 * headers, and the order of its parameters.
 *
 * @param messages receives every message of the operation
 */
export function completeOperation(
  operation: Operation,
  method: string,
  route: Route,
  messages: Set<string>,
): void {
  const { access, successes, errors, setsCookie, destroys = method === 'delete', exampleBody } = route;
  // Remove the status that Nest derives from the method.
  for (const status of Object.keys(operation.responses)) {
    if (!successes.includes(Number(status))) delete operation.responses[status];
  }
  for (const response of Object.values(operation.responses) as { headers?: Json }[]) {
    const headers = {
      ...(route.idempotent ? REPLAYED : {}),
      ...(access.unlimited ? {} : RATE_LIMIT),
      ...(setsCookie ? SET_COOKIE : {}),
    };
    if (Object.keys(headers).length > 0) response.headers = { ...response.headers, ...headers };
  }
  operation.security = securityOf(access);
  operation.description = [operation.description, describeAccess(access)].filter(Boolean).join(' ');
  sortParameters(operation, route.input.path);
  if (destroys) setUnusedExamples(operation, route.input.path);
  const media = (operation.requestBody as { content?: Record<string, Json> } | undefined)?.content;
  if (exampleBody !== undefined && media?.['application/json'])
    media['application/json']['example'] = exampleBody;
  if (route.message !== undefined) messages.add(route.message);
  const byStatus = Map.groupBy(
    [
      ...errors,
      ...(route.idempotent ? [idempotencyKeyReused, requestInProgress] : []),
      ...impliedErrors(operation, route, method),
    ],
    ({ status }) => status,
  );
  for (const [status, errors] of [...byStatus].toSorted(([one], [other]) => one - other)) {
    if (!access.clientKey) for (const { message } of errors) messages.add(message);
    operation.responses[String(status)] = access.clientKey
      ? describeEnvelope(errors)
      : describe(status, errors, access);
  }
}

/** The access to an operation in words, because `security` can express neither permissions nor scopes. */
function describeAccess(access: Access): string {
  const { kind, scope, clientKey } = access;
  const who = describeUsers(access);
  if (clientKey || kind === 'public' || kind === 'refresh') return who;
  if (scope === undefined) return `${who} Personal tokens are refused.`;
  return `${who} Personal tokens need the scope \`${scope}\`.`;
}

function describeUsers({ kind, permission, administrator, clientKey }: Access): string {
  if (clientKey) return 'For partners’ servers, by client key.';
  if (permission !== undefined) return `For users with the permission \`${permission}\`.`;
  if (administrator) return 'For users with the role `admin`, by Bearer token.';
  const sentences = {
    public: 'Public; credentials are ignored.',
    optional: 'Public; a credential is optional.',
    'signed-in': 'For signed-in users.',
    bearer: 'For signed-in users, by Bearer token.',
    refresh: 'For signed-in users, by cookie.',
  };
  return sentences[kind];
}

/** Sorts parameters: path, query, headers. */
function sortParameters(operation: Operation, pathParameters: readonly PathParameter[]): void {
  const names = pathParameters.map(({ name }) => name);
  const rank = ({ in: place, name }: Parameter) =>
    place === 'path' ? names.indexOf(name) : names.length + ['query', 'header'].indexOf(place);
  const parameters = operation.parameters as unknown as Parameter[] | undefined;
  parameters?.sort((one, other) => rank(one) - rank(other));
}

/** Replaces the examples of ids by ids that identify no object, because Swagger UI fills examples in. */
function setUnusedExamples(operation: Operation, pathParameters: readonly PathParameter[]): void {
  const parameters = (operation.parameters ?? []) as unknown as Parameter[];
  for (const { name, description, unusedExample, isChoice = false } of pathParameters) {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    if (parameter === undefined || isChoice) continue;
    parameter.description = `${description} The example names no existing object, so that trying it out changes nothing.`;
    if (unusedExample !== undefined) parameter.schema = { ...parameter.schema, example: unusedExample };
  }
}

function securityOf({ kind, clientKey }: Access): Record<string, string[]>[] {
  if (clientKey) return [{ websiteId: [], webApiClientKey: [] }];
  if (kind === 'public') return [];
  if (kind === 'bearer') return [{ bearer: [] }];
  if (kind === 'refresh') return [{ cookie: [] }];
  const either: Record<string, string[]>[] = [{ cookie: [] }, { bearer: [] }];
  return kind === 'optional' ? [{}, ...either] : either;
}

/** The errors that the access, the parameters and the body of an operation imply. */
function impliedErrors(operation: Operation, { access, input }: Route, method: string): ErrorDefinition[] {
  const errors: ErrorDefinition[] = access.unlimited
    ? [internalError]
    : [tooManyRequests, internalError, serviceUnavailable];
  if (access.clientKey) return errors;
  const parameters = (operation.parameters ?? []) as { required?: boolean }[];
  const hasBody = operation.requestBody !== undefined;
  const mayHaveBody = method !== 'get';
  // Headers that the input does not have are ignored if they are malformed.
  const isValidated = input.path.length > 0 || input.query !== undefined || input.headers !== undefined;
  if (isValidated || mayHaveBody) errors.push(invalidParameters);
  if (parameters.some(({ required }) => required) || hasBody) errors.push(missingParameters);
  if (mayHaveBody) errors.push(payloadTooLarge, unsupportedMediaType, insufficientStorage);
  if (access.kind !== 'public') errors.push(unauthorized, userNotFound, accountSuspended);
  const byCookie = access.kind === 'signed-in' || access.kind === 'refresh';
  const isReadByTokens = access.kind !== 'public' && access.kind !== 'refresh';
  if ((byCookie && mayHaveBody) || isReadByTokens) errors.push(forbidden);
  return errors;
}

/** The possible causes of a 401, often an expired token that was pasted into Swagger UI. */
function describeUnauthorized({ kind }: Access): string {
  if (kind === 'optional')
    return 'The Bearer token is malformed, expired or revoked. Send a new token, or none: it is optional here (in Swagger UI: Authorize, then Logout).';
  if (kind === 'refresh') return 'The cookie is missing, malformed, expired, revoked or replaced.';
  return 'The credential is missing, malformed, expired or revoked. An invalid Bearer token is refused even if the cookie is valid.';
}

function describe(status: number, errors: readonly ErrorDefinition[], access: Access) {
  const messages = [...new Set(errors.map(({ message }) => message))];
  const bodyOf = ({ body = ResponseDto }: ErrorDefinition) => getSchemaPath(body as Type);
  const examples = Object.fromEntries(
    errors.map((error) => {
      const { message, body } = error;
      const value = { data: message, code: status };
      // `addExamples` adds the other fields of the schema.
      return [nameOf(message), body === undefined ? { value } : { value, $ref: bodyOf(error) }];
    }),
  );
  const schemas = [...new Set(errors.map(bodyOf))].map(($ref) => ({ $ref }));
  const schema = schemas.length === 1 ? schemas[0] : { anyOf: schemas };
  const content = { 'application/json': { schema, examples } };
  const list = messages.join(' · ');
  const description = messages.includes(unauthorized.message)
    ? `${list}. ${describeUnauthorized(access)}`
    : list;
  return { description, ...headersOf(status), content };
}

const textHeader = (description: string, example: string) => ({
  description,
  schema: { type: 'string', example },
});

/** The headers of all answers of routes with a request limit. */
const RATE_LIMIT = {
  'RateLimit-Policy': textHeader('The limit: `q` requests in `w` seconds.', '"requests";q=600;w=60'),
  RateLimit: textHeader(
    'The requests that remain (`r`), and the seconds until the window ends (`t`).',
    '"requests";r=597;t=42',
  ),
};
const REPLAYED = {
  'Idempotency-Replayed': textHeader('`true` if this is the stored answer to an earlier request.', 'true'),
};
const SET_COOKIE = {
  'Set-Cookie': textHeader(
    'Sets or clears the refresh cookie; JavaScript cannot read it.',
    'refreshToken=eyJ; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax',
  ),
};

/** The headers of an error. */
function headersOf(status: number): { headers?: Record<string, { description: string; schema: object }> } {
  if (status === 416) {
    return { headers: { 'Content-Range': textHeader('The size of the picture in bytes.', 'bytes */1234') } };
  }
  if (status !== 429 && status !== 503) return {};
  const schema = { type: 'integer', minimum: 1, example: 30 };
  return { headers: { 'Retry-After': { description: 'Seconds after which the client may retry.', schema } } };
}

/** The answer for errors of family D, in its envelope. */
function describeEnvelope(errors: readonly ErrorDefinition[]) {
  const examples = Object.fromEntries(
    errors.map(({ status, message, code }) => [
      nameOf(message),
      { value: { Response: 'Error', Message: message, Data: null, ErrorCode: code ?? String(status) } },
    ]),
  );
  const schema = { $ref: '#/components/schemas/Envelope' };
  const description = [...new Set(errors.map(({ message }) => message))].join(' · ');
  const headers = headersOf(errors[0]?.status ?? 0);
  return { description, ...headers, content: { 'application/json': { schema, examples } } };
}

function nameOf(message: string): string {
  const words = message.replace(/[^A-Za-z0-9 ]/g, '').split(' ');
  return words
    .map((word, index) => (index === 0 ? word.toLowerCase() : word[0]?.toUpperCase() + word.slice(1)))
    .join('');
}
