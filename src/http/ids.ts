import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { type AppError, invalidParameters, missingParameters, type RefusalFactory } from './app-error.js';
import { isBlank } from './validation.js';

/** Ids start at 1, so that this one is never found: what ids beyond the database's range stand for. */
const NO_SUCH_ID = 0;
const MAX_ID = 2_147_483_647;

/** The user of the document's examples, and the first administrator of an empty database, so that they work on one. */
export const EXAMPLE_USER_ID = '6740a1b2c3d4e5f601234567';
/** Ids that are well-formed and name nothing, for examples that would do harm to what they name. */
export const UNUSED_ID = MAX_ID;
export const UNUSED_USER_ID = 'f'.repeat(24);

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

/** A path's id of a series, volume, item, avatar, photo or client. */
@Injectable()
export class IdPipe implements PipeTransform<string | undefined, Promise<number>> {
  async transform(value: string | undefined, { data = 'id' }: ArgumentMetadata): Promise<number> {
    if (isBlank(value)) throw malformed(missingParameters, data, 'is required');
    return (
      parseId(value) ?? (await refuseLast(malformed(invalidParameters, data, 'must be a positive integer')))
    );
  }
}

/** A path's id of a collection item, of which there are more than of other things. */
@Injectable()
export class ItemIdPipe implements PipeTransform<string | undefined, Promise<number>> {
  async transform(value: string | undefined, { data = 'id' }: ArgumentMetadata): Promise<number> {
    if (isBlank(value)) throw malformed(missingParameters, data, 'is required');
    const id = parseId(value, Number.MAX_SAFE_INTEGER);
    return id ?? (await refuseLast(malformed(invalidParameters, data, 'must be a positive integer')));
  }
}

/** A path's id of a user: an ObjectId in lower-case hexadecimal. */
@Injectable()
export class UserIdPipe implements PipeTransform<string | undefined, Promise<string>> {
  async transform(value: string | undefined, { data = 'id' }: ArgumentMetadata): Promise<string> {
    if (value === undefined || isBlank(value)) throw malformed(missingParameters, data, 'is required');
    if (/^[0-9a-f]{24}$/.test(value)) return value;
    return refuseLast(malformed(invalidParameters, data, 'must be 24 hexadecimal digits'));
  }
}

/** A path's id of a session. */
@Injectable()
export class SessionIdPipe implements PipeTransform<string | undefined, Promise<string>> {
  async transform(value: string | undefined, { data = 'id' }: ArgumentMetadata): Promise<string> {
    if (value === undefined || isBlank(value)) throw malformed(missingParameters, data, 'is required');
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return value.toLowerCase();
    return refuseLast(malformed(invalidParameters, data, 'must be a UUID'));
  }
}

function malformed(refusal: RefusalFactory, field: string, says: string): AppError {
  return refusal({ details: [{ field, messages: [`${field} ${says}`] }] });
}

/** All parameters are checked at once and the first to fail answers: what is missing goes before what is invalid. */
async function refuseLast(error: AppError): Promise<never> {
  await nextTurn();
  throw error;
}
