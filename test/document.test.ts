import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { readOneMore } from '../openapi/client/example.js';
import { appForFile } from './support/app.js';
import { document, operations } from './support/document.js';
import type { AddressInfo } from 'node:net';

const app = appForFile();

type Json = Record<string, unknown>;
const schemas = Object.entries(document.components.schemas);
const properties = schemas.flatMap(([name, schema]) =>
  Object.entries((schema['properties'] ?? {}) as Record<string, Json>).map(
    ([field, property]) => [`${name}.${field}`, property, schema, field] as const,
  ),
);
/** Schemas of what is sent, whose fields may be left out. */
const REQUESTS = /(Changes|Input|Registration|Credentials|KeyRotation|NewRole|NewItem)$/;

describe('the document', () => {
  it('describes every property, with an example and its limits', () => {
    const lacking = properties.flatMap(([name, property]) => {
      const isReference =
        '$ref' in property || 'anyOf' in property || '$ref' in ((property['items'] ?? {}) as Json);
      const isText = [property['type']].flat().includes('string');
      const isBounded = ['maxLength', 'format', 'pattern', 'enum'].some((limit) => limit in property);
      return [
        ...(property['description'] === undefined ? [`${name}: description`] : []),
        ...(property['example'] === undefined && !isReference ? [`${name}: example`] : []),
        ...(isText && !isBounded && !name.endsWith('.password') ? [`${name}: limit`] : []),
      ];
    });
    expect(lacking).toEqual([]);
  });

  it('requires every property that answers have', () => {
    const optional = properties
      .filter(([name]) => !REQUESTS.test(name.split('.')[0] as string) && !name.startsWith('Settings'))
      .filter(([, , schema, field]) => !((schema['required'] ?? []) as string[]).includes(field))
      .map(([name]) => name);
    // Only a 400 of validation has errors.
    expect(optional).toEqual(['Answer.errors']);
  });

  it('has an example for every JSON body, and every example is true to its schema', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, multipleOfPrecision: 6 });
    ajv.addSchema({ $id: 'document', components: document.components });
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
        const schema = JSON.parse(
          JSON.stringify(media['schema']).replaceAll('"#/components/', '"document#/components/'),
        ) as Json;
        const validate = ajv.compile(schema);
        for (const example of examples) {
          expect(validate(example), `${operation.operationId} ${ajv.errorsText(validate.errors)}`).toBe(true);
        }
      }
      for (const parameter of operation.parameters ?? []) {
        expect(parameter, `${operation.operationId} ${parameter.name}`).toMatchObject({
          description: expect.any(String),
        });
        expect(parameter.example, `${operation.operationId} ${parameter.name}`).toBeDefined();
      }
    }
  });

  it('names every enum once', () => {
    const inline = properties.filter(([, property]) => 'enum' in property).map(([name]) => name);
    // One that has a single value, and family D's two words.
    expect(inline.toSorted()).toEqual(['AuditEntry.result', 'Envelope.Response']);
  });

  it('is enough for a client that was generated from it', async () => {
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
