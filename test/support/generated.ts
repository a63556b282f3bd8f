import { createClient } from '../../openapi/client/generated/client/index.js';
import * as generated from '../../openapi/client/generated/index.js';
import { type DocumentedOperation, findOperation } from './document.js';
import type { Part } from './forms.js';

type Call = (options: Record<string, unknown>) => Promise<unknown>;

/** A request as the generated client would make it. */
export interface GeneratedCall {
  readonly operation: DocumentedOperation;
  /** Sends the request through the transport, which returns the response. */
  make(headers: Record<string, string>, transport: (request: Request) => Promise<Response>): Promise<void>;
}

/** The call of the generated client for this request; null if the client cannot express the request. */
export function asGeneratedCall(
  method: string,
  url: string,
  body: unknown,
  parts: readonly Part[] | undefined,
): GeneratedCall | null {
  const operation = findOperation(method, url);
  const call = operation && (generated as unknown as Record<string, Call>)[operation.operationId];
  if (operation === undefined || call === undefined) return null;
  const [address = '', search = ''] = url.split('?');
  const path = pathValues(operation.path, address);
  const query = queryValues(operation, search);
  const form = parts && formValues(parts);
  if (path === null || query === null || form === null) return null;
  const needsBody = operation.requestBody !== undefined;
  const sent = form ?? body;
  if (sent !== undefined && !needsBody) return null;
  const content = operation.requestBody?.content ?? {};
  const takesForm = 'multipart/form-data' in content;
  if (takesForm && form === undefined && body !== undefined) return null;
  const takesBytes = needsBody && !takesForm && !('application/json' in content);
  if (takesBytes && sent !== undefined && !(sent instanceof Blob)) return null;
  return {
    operation,
    make: async (headers, transport) => {
      const client = createClient({ baseUrl: 'http://localhost', fetch: transport as typeof fetch });
      await call({ client, path, query, headers, ...(sent === undefined ? {} : { body: sent }) });
    },
  };
}

/** The values of the path parameters; null if the client would encode the path differently. */
function pathValues(template: string, address: string): Record<string, string> | null {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const match = new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`).exec(address);
  if (match === null) return null;
  try {
    const values = match.slice(1).map(decodeURIComponent);
    const respelt = names.reduce(
      (path, name, index) => path.replace(`{${name}}`, () => encodeURIComponent(values[index] as string)),
      template,
    );
    if (respelt !== address || values.some((value) => value.trim() === '')) return null;
    return Object.fromEntries(names.map((name, index) => [name, values[index] as string]));
  } catch {
    return null;
  }
}

function queryValues(operation: DocumentedOperation, search: string): Record<string, unknown> | null {
  const values: Record<string, unknown> = {};
  const known = new Map(operation.parameters?.map((parameter) => [parameter.name, parameter]));
  for (const [name, value] of new URLSearchParams(search)) {
    const parameter = known.get(name);
    const isList = parameter?.schema?.['type'] === 'array';
    const isRepeated = isList && parameter?.explode === true;
    if ((name in values && !isRepeated) || parameter === undefined || !value.isWellFormed()) return null;
    if (isList && value.trim() === '') return null;
    if (isRepeated) values[name] = [...((values[name] as string[] | undefined) ?? []), value];
    else values[name] = isList ? value.split(',') : value;
  }
  return values;
}

function formValues(parts: readonly Part[]): Record<string, unknown> | null {
  const values: Record<string, unknown> = {};
  for (const { name = 'image', filename, bytes } of parts) {
    if (name in values) return null;
    values[name] = filename === undefined ? String(bytes) : new File([bytes as never], filename);
  }
  return values;
}
