import {
  applyDecorators,
  type ArgumentMetadata,
  Injectable,
  type PipeTransform,
  ValidationPipe,
} from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Expose, Transform } from 'class-transformer';
import {
  IsInt,
  ValidateBy,
  ValidateIf,
  type ValidationArguments,
  type ValidationError,
} from 'class-validator';
import { trimmed } from './typed-text.js';
import { AppError, type FieldError, invalidParameters, missingParameters } from './app-error.js';

const REQUIRED = 'required';
/** An answer need not be longer than the request that it refuses. */
const MAX_DETAILS = 50;
/** Characters of an unknown field's name that are repeated. */
const MAX_NAME = 100;

/** Turns bodies and queries into their DTOs; unknown body fields are refused, unknown query parameters dropped. */
@Injectable()
export class InputPipe implements PipeTransform {
  private readonly bodies = createPipe(true);
  private readonly queries = createPipe(false);

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'query') return this.checked(this.queries, value as object, metadata);
    if (metadata.type !== 'body') return value;
    const isObject = typeof value === 'object' && !Array.isArray(value);
    if (value !== undefined && !isObject) throw invalidParameters(about('body', 'must be an object'));
    const { inherited, body } = withoutInherited((value ?? {}) as Record<string, unknown>);
    const input = await this.checked(this.bodies, body, metadata);
    if (inherited !== undefined) throw invalidParameters(about(inherited, 'should not exist'));
    const saysNothing = Object.values(input).every((field) => field === undefined);
    if (saysNothing && metadata.metatype && Reflect.hasMetadata(SAYS_SOMETHING, metadata.metatype))
      throw emptyBody();
    return input;
  }

  private async checked(pipe: ValidationPipe, value: object, metadata: ArgumentMetadata): Promise<object> {
    try {
      return storable((await pipe.transform(value, metadata)) as object);
    } catch (error) {
      // Some checks of the library fail on half a surrogate pair instead of refusing it.
      if (!(error instanceof AppError)) storable(value);
      throw error;
    }
  }
}

function createPipe(forbidUnknown: boolean): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: forbidUnknown,
    forbidUnknownValues: true,
    transform: true,
    // A refused password must not be echoed.
    validationError: { target: false, value: false },
    exceptionFactory: asRefusal,
  });
}

/** Names that every object has: class-validator takes them for known fields. */
function withoutInherited(body: Record<string, unknown>) {
  const isInherited = (key: string) => key in Object.prototype || key === 'prototype';
  const inherited = Object.keys(body).find(isInherited);
  if (inherited === undefined) return { inherited, body };
  return { inherited, body: Object.fromEntries(Object.entries(body).filter(([key]) => !isInherited(key))) };
}

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
function storable<T>(input: T): T {
  for (const [field, value] of Object.entries(input as object)) {
    if (typeof value === 'string' && !(value.isWellFormed() && !value.includes('\0'))) {
      throw invalidParameters(about(field, 'contains a character that cannot be stored'));
    }
  }
  return input;
}

function about(field: string, says: string): { details: FieldError[] } {
  return { details: [{ field, messages: [`${field} ${says}`] }] };
}

const SAYS_SOMETHING = Symbol('SAYS_SOMETHING');

/** On a DTO whose fields are all optional: at least one of them must be given. */
export function SaysSomething(): ClassDecorator {
  return (target) => Reflect.defineMetadata(SAYS_SOMETHING, true, target);
}

function emptyBody(): AppError {
  return missingParameters(about('body', 'must not be empty'));
}

/** What is missing comes before what is invalid. */
function asRefusal(errors: ValidationError[]): AppError {
  const isMissing = errors.some(({ constraints }) => constraints !== undefined && REQUIRED in constraints);
  const details = errors.slice(0, MAX_DETAILS).map(asFieldError);
  return isMissing ? missingParameters({ details }) : invalidParameters({ details });
}

function asFieldError({ property, constraints, children }: ValidationError): FieldError {
  const field = property.slice(0, MAX_NAME);
  if (constraints !== undefined && REQUIRED in constraints) {
    return { field, messages: [constraints[REQUIRED] as string] };
  }
  const nested = (children ?? []).flatMap((child) => asFieldError(child).messages);
  const messages = [...Object.values(constraints ?? {}), ...nested];
  return { field, messages: messages.map((message) => message.replace(property, field)) };
}

/** A parameter that must be there: neither absent, null nor blank. */
export function Required(): PropertyDecorator {
  return ValidateBy({
    name: REQUIRED,
    validator: {
      validate: (value: unknown) => !isBlank(value),
      defaultMessage: (args?: ValidationArguments) => `${args?.property} is required`,
    },
  });
}

export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** A parameter that may be absent, but not null. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_, value: unknown) => value !== undefined);
}

/** A parameter that may be absent or null. */
export function Nullable(): PropertyDecorator {
  return ValidateIf((_, value: unknown) => value !== undefined && value !== null);
}

/** A text of so many Unicode code points: class-validator's own count leaves some of them out. */
export function Characters(min: number, max: number): PropertyDecorator {
  const limits = min > 0 ? { minLength: min, maxLength: max } : { maxLength: max };
  return applyDecorators(
    rule('characters', `must have ${min} to ${max} characters`, (value) => {
      // No text has more code points than UTF-16 units, or fewer than half as many.
      if (typeof value !== 'string' || value.length > max * 2) return false;
      const length = value.length <= max && value.length >= min * 2 ? min : [...value].length;
      return length >= min && length <= max;
    }),
    ApiProperty(limits),
  );
}

/** A whole number, and documented as one. */
export function Integer(): PropertyDecorator {
  return applyDecorators(IsInt(), ApiProperty({ type: 'integer' }));
}

/**
 * A number with at most so many digits after the point. The document says so in words alone: validators compute
 * `multipleOf` in binary floating point, in which 19.99 is no multiple of 0.01.
 */
export function FractionDigits(digits: number): PropertyDecorator {
  return rule('fractionDigits', `must have at most ${digits} fraction digits`, (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return false;
    return Number(value.toFixed(digits)) === value;
  });
}

/** A rule of our own, with the message `<property> <says>`. */
export function rule(
  name: string,
  says: string,
  holds: (value: unknown, object: object) => boolean,
): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value: unknown, args?: ValidationArguments) => holds(value, args?.object ?? {}),
      defaultMessage: (args?: ValidationArguments) => `${args?.property} ${says}`,
    },
  });
}

/** Removes the white space and the invisible characters around a text. */
export function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? trimmed(value) : value));
}

/** A blank text is none, as null is. */
export function BlankIsNull(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (isBlank(value) && value !== undefined ? null : value));
}

/** A blank query parameter is an absent one. */
export function BlankIsAbsent(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (isBlank(value) ? undefined : value));
}

/**
 * A list in a query: separated by commas, by repeating the parameter, or both, with or without `[]`.
 *
 * @param name the name of the property
 */
export function QueryList(name: string): PropertyDecorator {
  return applyDecorators(
    Transform(({ obj }: { obj: Record<string, unknown> }) => {
      const given = [obj[name], obj[`${name}[]`]].flat().filter((value) => !isBlank(value));
      if (given.length === 0) return undefined;
      return given.flatMap((value) =>
        typeof value === 'string' ? value.split(',').map((part) => part.trim()) : [value],
      );
    }),
    // Without it, nothing is transformed when only the spelling with brackets is there.
    Expose(),
  );
}

/**
 * Digits of a query parameter as a number; numbers beyond exactness stand for "more than there is".
 *
 * @param fallback what a blank parameter stands for
 */
export function QueryInteger(fallback?: number): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => {
    if (isBlank(value)) return fallback;
    return typeof value === 'string' && /^\d+$/.test(value)
      ? Math.min(Number(value), Number.MAX_SAFE_INTEGER)
      : value;
  });
}
