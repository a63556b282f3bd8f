import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { document, operations } from '../support/document.js';

const app = appForFile();

type Json = Record<string, unknown>;

/** The schema with its `$ref` resolved. */
function resolved(schema: Json): Json {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  return resolved(document.components.schemas[reference.slice(reference.lastIndexOf('/') + 1)] as Json);
}

/** Values just beyond each limit of a schema, and values of wrong types. */
function invalidValues(raw: Json): unknown[] {
  const schema = resolved(raw);
  const {
    minLength,
    maxLength,
    minimum,
    maximum,
    pattern,
    format,
    enum: values,
    minItems,
    items,
  } = schema as Record<string, never>;
  const types = [schema['type']].flat();
  const wrong: unknown[] = [];
  if (typeof maxLength === 'number') wrong.push('x'.repeat(maxLength + 1));
  if (typeof minLength === 'number' && minLength > 1) wrong.push('x'.repeat(minLength - 1));
  if (typeof minimum === 'number') wrong.push(minimum - 1);
  if (typeof maximum === 'number') wrong.push(maximum + 1);
  if (pattern !== undefined || format === 'email' || format === 'uri') wrong.push('!?');
  if (Array.isArray(values)) wrong.push('!?');
  if (typeof minItems === 'number' && minItems > 0) wrong.push([]);
  if (items !== undefined)
    wrong.push(
      ['!?'].filter(() => 'enum' in resolved(items)),
      'no list',
    );
  if (types.includes('integer')) wrong.push(1.5, 'x');
  if (types.includes('number')) wrong.push('x');
  if (types.includes('boolean')) wrong.push('yes');
  if (types.includes('string') && !types.includes('null')) wrong.push(5, {});
  if (!types.includes('null') && raw['$ref'] === undefined && !('anyOf' in schema)) wrong.push(null);
  return wrong.filter((value) => !(Array.isArray(value) && value.length === 0 && minItems === undefined));
}

/** Whether a schema is an array of texts that may be any. */
function isListOfTexts({ items }: Json): boolean {
  const { type, enum: values } = resolved((items ?? {}) as Json);
  return type === 'string' && values === undefined;
}

describe('documented limits', () => {
  const bodies = operations.flatMap((operation) => {
    const media = operation.requestBody?.content?.['application/json'] as
      { schema: Json; example?: Json; examples?: Record<string, { value: Json }> } | undefined;
    if (media === undefined) return [];
    const example = media.example ?? Object.values(media.examples ?? {})[0]?.value ?? {};
    return [{ operation, example, schema: resolved(media.schema) }];
  });

  it.each(bodies.map((body) => [body.operation.operationId, body] as const))(
    'rejects body values just beyond the documented limits of %s',
    async (_, body) => {
      const { operation, example, schema } = body;
      const admin = app.client.as(await app.a.administrator());
      const user = await app.a.user();
      const client =
        operation.security.length === 0
          ? app.client
          : operation.path.startsWith('/admin')
            ? admin
            : app.client.as(user);
      const url = operation.path
        .replace(/(?<=\/(users|update-image)\/)\{id\}/, user.id)
        .replace(/\{\w+\}/g, '999999');
      for (const [field, property] of Object.entries(schema['properties'] as Record<string, Json>)) {
        for (const value of invalidValues(property)) {
          const answer = await client.send(operation.method, url, { ...example, [field]: value });
          const name = `${operation.operationId} ${field} ${JSON.stringify(value).slice(0, 60)}`;
          expect([400, 413], name).toContain(answer.status);
          if (answer.status === 400 && answer.body.errors !== undefined)
            expect(
              answer.body.errors.map((error: { field: string }) => error.field),
              name,
            ).toContain(field);
        }
        const isRequired = (schema['required'] as string[] | undefined)?.includes(field);
        if (isRequired) {
          const { [field]: _absent, ...rest } = example;
          const answer = await client.send(operation.method, url, rest);
          expect(answer, field).toMatchObject({ status: 400, body: { data: 'Required parameters missing' } });
        }
      }
    },
  );

  const queries = operations.filter(({ parameters }) =>
    parameters?.some((parameter) => parameter.in === 'query'),
  );

  it.each(queries.map((operation) => [operation.operationId, operation] as const))(
    'rejects query values just beyond the documented limits of %s with 400',
    async (_, operation) => {
      if (operation.operationId === 'deleteUserPhoto') return;
      const client = app.client.as(await app.a.administrator());
      const user = await app.a.user();
      const path = operation.path
        .replace('{id}', operation.path.startsWith('/v1/users') ? user.id : '1')
        .replace('{slug}', user.username);
      for (const { in: place, name, schema = {} } of operation.parameters ?? []) {
        if (place !== 'query') continue;
        for (const value of invalidValues(schema)) {
          // A text that is not a list is a list of one text.
          if (value === 'no list' && isListOfTexts(schema)) continue;
          if (value === null || typeof value === 'object' || typeof value === 'boolean' || value === 5)
            continue;
          const query = `${name}=${encodeURIComponent(String(value))}`;
          const needed =
            operation.parameters?.filter(
              (other) => other.required && other.in === 'query' && other.name !== name,
            ) ?? [];
          const more = needed.map((other) => `&${other.name}=${String(other.example)}`).join('');
          expect(
            (await client.get(`${path}?${query}${more}`)).status,
            `${operation.operationId}?${query}`,
          ).toBe(400);
        }
      }
    },
  );
});
