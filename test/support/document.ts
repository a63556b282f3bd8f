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
    readonly explode?: boolean;
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
// `objectid` of family B is no standard format. The pattern of the schema checks the value.
addFormats.default(ajv).addFormat('objectid', true);
ajv.addSchema({ $id: 'document', components: closeObjects(document.components) as Json });
const validators = new Map<string, ValidateFunction>();

const matchers = operations
  .map((operation) => ({
    operation,
    pattern: new RegExp(`^${operation.path.replace(/\{[^}]+\}/g, '[^/]*')}/?$`),
  }))
  // A literal path segment takes precedence over a parameter.
  .toSorted((one, other) => one.operation.path.split('{').length - other.operation.path.split('{').length);

/** The documented operation that a request addresses. */
export function findOperation(method: string, url: string): DocumentedOperation | undefined {
  const path = decoded(url.split('?')[0] ?? '');
  return matchers.find(({ operation, pattern }) => operation.method === method && pattern.test(path))
    ?.operation;
}

/** Decodes a path as the router does. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/**
 * Compares a response with the document: its status, its content type, its body without undocumented properties, and
 * its error message.
 *
 * @throws Error that names the difference
 */
export function assertDocumented(
  method: string,
  url: string,
  status: number,
  type: string,
  payload: string,
): void {
  const operation = findOperation(method, url);
  if (operation === undefined) return assertAllowedUndocumented(method, url, status, payload);
  const response = operation.responses[String(status)];
  const name = `${operation.operationId} ${status}`;
  if (response === undefined) throw new Error(`${name} is not in the document: ${payload}`);
  const content = response.content;
  if (content === undefined) {
    if (payload !== '') throw new Error(`${name} is documented without a body, and has one: ${payload}`);
    return;
  }
  const media = Object.keys(content).find((candidate) => type.startsWith(candidate));
  if (media === undefined)
    throw new Error(`${name} has the content type ${type}, which is not in the document`);
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

function assertAllowedUndocumented(method: string, url: string, status: number, payload: string): void {
  const isPage = /^\/(docs|openapi\.json|dashboard)/.test(url);
  const isRefusal =
    [400, 401, 404, 413, 415, 429].includes(status) && /^\{"data":"[^"]+","code":\d+/.test(payload);
  if (!isPage && !isRefusal) throw new Error(`${method} ${url} answers ${status} and is not in the document`);
}

function validatorOf(name: string, schema: Json): ValidateFunction {
  const known = validators.get(name) ?? ajv.compile(closeObjects(withDocumentReferences(schema)) as Json);
  validators.set(name, known);
  return known;
}

/** Rewrites references of the document to references into the schema `document` of ajv. */
function withDocumentReferences(node: unknown): unknown {
  return JSON.parse(JSON.stringify(node).replaceAll('"#/components/', '"document#/components/')) as unknown;
}

/** Closes every object schema, so that an undocumented property is an error. */
function closeObjects(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closeObjects);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, closeObjects(value)]),
  ) as Json;
  const isObject = typeof copy['properties'] === 'object' && copy['type'] === 'object';
  return isObject && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
}
