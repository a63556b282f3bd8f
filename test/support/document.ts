import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { PROJECT_FOLDER } from '../../src/project-folder.js';

type Json = Record<string, unknown>;

export interface DocumentedOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly security: readonly Json[];
  readonly tags: readonly string[];
  readonly responses: Record<string, DocumentedResponse>;
  readonly requestBody?: { readonly required?: boolean; readonly content?: Record<string, Json> };
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly description?: string;
    readonly required?: boolean;
    readonly schema?: Json;
    readonly example?: unknown;
  }[];
}

interface DocumentedResponse {
  readonly content?: Record<
    string,
    { readonly schema: Json; readonly examples?: Record<string, { value: Json }> }
  >;
}

/** The committed document. */
export const document = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'openapi', 'openapi.json'), 'utf8')) as {
  info: { version: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, Omit<DocumentedOperation, 'method' | 'path'>>>;
  components: { schemas: Record<string, Json> };
};

export const operations: DocumentedOperation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
// Family B's source names a format that says no more than the pattern beside it.
addFormats.default(ajv).addFormat('objectid', true);
ajv.addSchema({ $id: 'document', components: closed(document.components) as Json });
const validators = new Map<string, ValidateFunction>();

const matchers = operations
  .map((operation) => ({
    operation,
    pattern: new RegExp(`^${operation.path.replace(/\{[^}]+\}/g, '[^/]*')}/?$`),
  }))
  // A literal path goes before one with a parameter in the same place.
  .toSorted((one, other) => one.operation.path.split('{').length - other.operation.path.split('{').length);

/** The operation that a request addresses, as the document sees it. */
export function findOperation(method: string, url: string): DocumentedOperation | undefined {
  const path = decoded(url.split('?')[0] ?? '');
  return matchers.find(({ operation, pattern }) => operation.method === method && pattern.test(path))
    ?.operation;
}

/** As the router reads it. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/**
 * Compares an answer with the document: a documented status, a body of its schema without undocumented properties,
 * and an error message from the closed list.
 *
 * @throws Error that says what differs
 */
export function requireDocumented(
  method: string,
  url: string,
  status: number,
  type: string,
  payload: string,
): void {
  const operation = findOperation(method, url);
  if (operation === undefined) return requireUndocumentedAnswer(method, url, status, payload);
  const response = operation.responses[String(status)];
  const name = `${operation.operationId} ${status}`;
  if (response === undefined) throw new Error(`${name} is not in the document: ${payload}`);
  const content = response.content;
  if (content === undefined) {
    if (payload !== '') throw new Error(`${name} is documented without a body, and has one: ${payload}`);
    return;
  }
  const media = Object.keys(content).find((candidate) => type.startsWith(candidate));
  if (media === undefined) throw new Error(`${name} has the type ${type}, which is not in the document`);
  if (media !== 'application/json') return;
  const { schema, examples } = content[media] as { schema: Json; examples?: Record<string, { value: Json }> };
  const body: unknown = JSON.parse(payload);
  const validate = validatorOf(name, schema);
  if (!validate(body)) throw new Error(`${name}: ${ajv.errorsText(validate.errors)} in ${payload}`);
  const messageOf = (value: Json) => value['data'] ?? value['Message'];
  const messages = Object.values(examples ?? {}).map(({ value }) => messageOf(value));
  if (status >= 400 && !messages.includes(messageOf(body as Json))) {
    throw new Error(`${name} does not document the message of ${payload}`);
  }
}

function requireUndocumentedAnswer(method: string, url: string, status: number, payload: string): void {
  const isPage = /^\/(docs|openapi\.json)/.test(url);
  const isRefusal =
    [400, 401, 404, 413, 415, 429].includes(status) && /^\{"data":"[^"]+","code":\d+/.test(payload);
  if (!isPage && !isRefusal) throw new Error(`${method} ${url} answers ${status} and is not in the document`);
}

function validatorOf(name: string, schema: Json): ValidateFunction {
  const known = validators.get(name) ?? ajv.compile(closed(pointed(schema)) as Json);
  validators.set(name, known);
  return known;
}

/** References of the document, as references into the schema that was added under its name. */
function pointed(node: unknown): unknown {
  return JSON.parse(JSON.stringify(node).replaceAll('"#/components/', '"document#/components/')) as unknown;
}

/** Closes every object schema, so that an undocumented property is an error. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)])) as Json;
  const isObject = typeof copy['properties'] === 'object' && copy['type'] === 'object';
  return isObject && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
}
