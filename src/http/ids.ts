import { FromPath } from './input.js';

/**
 * Sentinel for ids beyond the database's range: valid syntax, but no such row, hence 404 and not 400. Ids start at 1.
 */
const NO_SUCH_ID = 0;
const MAX_ID = 2_147_483_647;

/**
 * Id of the first administrator of an empty database, and of the user in the document's examples, so that these work
 * there.
 */
export const EXAMPLE_USER_ID = '6740a1b2c3d4e5f601234567';
/** Valid ids that no row has, for examples of destructive operations. */
export const UNUSED_ID = MAX_ID;
export const UNUSED_USER_ID = 'f'.repeat(24);

/** A user id: an ObjectId, in lower-case hexadecimal. */
export const USER_ID_PATTERN = /^[0-9a-f]{24}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Parses a positive integer; null if the text is not one. Larger ids than `max` become `NO_SUCH_ID`.
 *
 * @param max the largest id that the column can store
 */
export function parseId(value: unknown, max = MAX_ID): number | null {
  // String() writes large numbers with an exponent.
  const text = Number.isInteger(value) ? BigInt(value as number).toString() : value;
  if (typeof text !== 'string' || !/^[1-9]\d*$/.test(text)) return null;
  return text.length > 16 || Number(text) > max ? NO_SUCH_ID : Number(text);
}

/** How an id in a path is documented. */
interface PathId {
  /** Says which object the id identifies. */
  readonly description: string;
  /** The parameter's name; `id` unless given. */
  readonly name?: string;
  readonly example?: unknown;
  /** A `format` in addition to the pattern. */
  readonly format?: string;
  readonly mayBeBlank?: boolean;
}

/**
 * Set by the user routes of the frontends, which report a blank id as missing. Other routes treat `X/` as `X`.
 */
export type BlankId = Pick<PathId, 'mayBeBlank'>;

/** A positive integer in a path. @param max the largest id that the column can store */
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

/** A UUID in a path, in upper or lower case. */
export function UuidId({ name = 'id', description, example }: PathId) {
  return FromPath({
    name,
    description,
    schema: { type: 'string', format: 'uuid', example },
    parse: (text) => (UUID.test(text) ? text.toLowerCase() : null),
    requirement: 'must be a UUID',
  });
}
