import { describe, expect, it } from 'vitest';
// @ts-expect-error The tools are plain JavaScript without types.
import { breaksBetween as untyped } from '../../tools/openapi-breaks.mjs';
import { document as committed } from '../support/document.js';

const breaksBetween = untyped as (former: unknown, current: unknown) => string[];
// oxlint-disable-next-line no-explicit-any
type Loose = any;

/** A copy of the committed document with a change. */
function changed(change: (document: Loose) => void): Loose {
  const copy = structuredClone(committed) as Loose;
  change(copy);
  return copy;
}

describe('breaksBetween', () => {
  it.each<[string, (document: Loose) => void, string]>([
    ['an operation is removed', (d) => delete d.paths['/series'].get, 'seriesList is gone'],
    [
      'the id of an operation changes',
      (d) => (d.paths['/series'].get.operationId = 'list'),
      'is called list',
    ],
    ['a parameter is removed', (d) => d.paths['/series'].get.parameters.shift(), 'is gone'],
    [
      'an optional parameter becomes required',
      (d) => (d.paths['/series'].get.parameters[2].required = true),
      'is required',
    ],
    [
      'the limit of a request field narrows',
      (d) => (d.components.schemas.Registration.properties.username.maxLength = 10),
      'maxLength 10',
    ],
    [
      'an optional request field becomes required',
      (d) => d.components.schemas.Registration.required.push('email'),
      'requires email',
    ],
    ['a response field is removed', (d) => delete d.components.schemas.Series.properties.slug, 'has no slug'],
    [
      'a required response field becomes optional',
      (d) => d.components.schemas.Series.required.shift(),
      'may lack id',
    ],
    [
      'a response field becomes nullable',
      (d) => (d.components.schemas.Series.properties.name.type = ['string', 'null']),
      'may be null',
    ],
    [
      'the type of a response field changes',
      (d) => (d.components.schemas.Series.properties.id.type = 'string'),
      'may be string',
    ],
    ['a value is removed from an enum', (d) => d.components.schemas.SeriesType.enum.pop(), 'no longer knows'],
    ['a status of an operation is removed', (d) => (d.paths['/series'].get.responses = {}), '200 is gone'],
  ])('reports a breaking change of the document when %s', (_, change, says) => {
    expect(breaksBetween(committed, changed(change)).join('\n')).toContain(says);
  });

  it.each<[string, (document: Loose) => void]>([
    ['nothing changes', () => undefined],
    ['an operation is added', (d) => (d.paths['/new'] = { get: { operationId: 'new', responses: {} } })],
    [
      'an optional parameter is added',
      (d) => d.paths['/series'].get.parameters.push({ in: 'query', name: 'x', schema: {} }),
    ],
    ['a response field is added', (d) => (d.components.schemas.Series.properties.more = { type: 'string' })],
    [
      'the limit of a request field widens',
      (d) => (d.components.schemas.Registration.properties.username.maxLength = 40),
    ],
    ['a summary changes', (d) => (d.paths['/series'].get.summary = 'Other words')],
  ])('reports no breaking change of the document when %s', (_, change) => {
    expect(breaksBetween(committed, changed(change))).toEqual([]);
  });
});
