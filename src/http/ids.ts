import { FromPath } from './input.js';

/** Ids start at 1, so that this one is never found: what ids beyond the database's range stand for. */
const NO_SUCH_ID = 0;
const MAX_ID = 2_147_483_647;

/** The user of the document's examples, and the first administrator of an empty database, so that they work on one. */
export const EXAMPLE_USER_ID = '6740a1b2c3d4e5f601234567';
/** Ids that are well-formed and name nothing, for examples that would do harm to what they name. */
export const UNUSED_ID = MAX_ID;
export const UNUSED_USER_ID = 'f'.repeat(24);

/** A user id: an ObjectId, in lower-case hexadecimal. */
export const USER_ID_PATTERN = /^[0-9a-f]{24}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A positive integer, however large; null when it is none.
 *
 * @param max the largest that the database can hold
 */
export function parseId(value: unknown, max = MAX_ID): number | null {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^[1-9]\d*$/.test(text)) return null;
  return text.length > 16 || Number(text) > max ? NO_SUCH_ID : Number(text);
}

/** How an id in a path is documented. */
interface PathId {
  /** Whose id it is. */
  readonly description: string;
  /** The parameter's name; `id` unless given. */
  readonly name?: string;
  readonly example?: unknown;
  /** A format beside the pattern, where a source names one. */
  readonly format?: string;
  readonly mayBeBlank?: boolean;
}

/** The user routes of the frontends report a blank id at the path's end as missing; elsewhere `X/` is `X`. */
export type BlankId = Pick<PathId, 'mayBeBlank'>;

/** A positive integer in a path. @param max the largest that the database can hold */
export function IntegerId(
  { name = 'id', description, example = 1, mayBeBlank = false }: PathId,
  max = MAX_ID,
) {
  return FromPath({
    name,
    description,
    schema: { type: 'integer', minimum: 1, example },
    unusedExample: UNUSED_ID,
    parse: (text) => parseId(text, max),
    requirement: 'must be a positive integer',
    mayBeBlank,
  });
}

/** An ObjectId in a path. */
export function ObjectId({ name = 'id', description, format, mayBeBlank = false }: PathId) {
  return FromPath({
    name,
    description,
    schema: {
      type: 'string',
      pattern: USER_ID_PATTERN.source,
      example: EXAMPLE_USER_ID,
      ...(format === undefined ? {} : { format }),
    },
    unusedExample: UNUSED_USER_ID,
    parse: (text) => (USER_ID_PATTERN.test(text) ? text : null),
    requirement: 'must be 24 hexadecimal digits',
    mayBeBlank,
  });
}

/** A UUID in a path, in any case. */
export function UuidId({ name = 'id', description, example }: PathId) {
  return FromPath({
    name,
    description,
    schema: { type: 'string', format: 'uuid', example },
    parse: (text) => (UUID.test(text) ? text.toLowerCase() : null),
    requirement: 'must be a UUID',
  });
}
