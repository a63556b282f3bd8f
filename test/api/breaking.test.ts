import { describe, expect, it } from 'vitest';
// The scripts beside the service are plain JavaScript.
// @ts-expect-error it has no types
import { breaksBetween as untyped } from '../../tools/openapi-breaks.mjs';
import { document as committed } from '../support/document.js';

const breaksBetween = untyped as (former: unknown, current: unknown) => string[];
// oxlint-disable-next-line no-explicit-any
type Loose = any;

/** The document after a change. */
function changed(change: (document: Loose) => void): Loose {
  const copy = structuredClone(committed) as Loose;
  change(copy);
  return copy;
}

describe('a change of the document', () => {
  it.each<[string, (document: Loose) => void, string]>([
    ['an operation goes', (d) => delete d.paths['/series'].get, 'seriesList is gone'],
    ['a name changes', (d) => (d.paths['/series'].get.operationId = 'list'), 'is called list'],
    ['a parameter goes', (d) => d.paths['/series'].get.parameters.shift(), 'is gone'],
    ['a parameter is required', (d) => (d.paths['/series'].get.parameters[2].required = true), 'is required'],
    [
      'a limit narrows',
      (d) => (d.components.schemas.Registration.properties.username.maxLength = 10),
      'maxLength 10',
    ],
    [
      'a field is required',
      (d) => d.components.schemas.Registration.required.push('email'),
      'requires email',
    ],
    ['an answer lacks a field', (d) => delete d.components.schemas.Series.properties.slug, 'has no slug'],
    ['a field may be absent', (d) => d.components.schemas.Series.required.shift(), 'may lack id'],
    [
      'a field may be null',
      (d) => (d.components.schemas.Series.properties.name.type = ['string', 'null']),
      'may be null',
    ],
    ['a type changes', (d) => (d.components.schemas.Series.properties.id.type = 'string'), 'may be string'],
    ['a choice goes', (d) => d.components.schemas.SeriesType.enum.pop(), 'no longer knows'],
    ['a status goes', (d) => (d.paths['/series'].get.responses = {}), '200 is gone'],
  ])('breaks clients when %s', (_, change, says) => {
    expect(breaksBetween(committed, changed(change)).join('\n')).toContain(says);
  });

  it.each<[string, (document: Loose) => void]>([
    ['nothing changes', () => undefined],
    ['an operation comes', (d) => (d.paths['/new'] = { get: { operationId: 'new', responses: {} } })],
    [
      'an optional parameter comes',
      (d) => d.paths['/series'].get.parameters.push({ in: 'query', name: 'x', schema: {} }),
    ],
    [
      'an answer has another field',
      (d) => (d.components.schemas.Series.properties.more = { type: 'string' }),
    ],
    ['a limit widens', (d) => (d.components.schemas.Registration.properties.username.maxLength = 40)],
    ['words change', (d) => (d.paths['/series'].get.summary = 'Other words')],
  ])('breaks nobody when %s', (_, change) => {
    expect(breaksBetween(committed, changed(change))).toEqual([]);
  });
});
