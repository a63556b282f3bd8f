import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Expose, Transform } from 'class-transformer';
import { IsInt, ValidateBy, ValidateIf, type ValidationArguments } from 'class-validator';
import { trimmed } from './typed-text.js';

/** The name of the rule whose violation is a missing parameter. */
export const REQUIRED = 'required';

const AT_LEAST_ONE = Symbol('at least one property');

/** On a DTO whose fields are all optional: at least one of them must be given. */
export function AtLeastOneProperty(): ClassDecorator {
  return (target) => Reflect.defineMetadata(AT_LEAST_ONE, true, target);
}

/** Whether a DTO refuses a body that gives none of its fields. */
export function requiresAProperty(dto: object): boolean {
  return Reflect.hasMetadata(AT_LEAST_ONE, dto);
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
export function CodePointLength(min: number, max: number): PropertyDecorator {
  const limits = min > 0 ? { minLength: min, maxLength: max } : { maxLength: max };
  return applyDecorators(
    rule('codePointLength', `must have ${min} to ${max} characters`, (value) => {
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

/** A rule of our own, whose message is the property's name and the requirement. */
export function rule(
  name: string,
  requirement: string,
  holds: (value: unknown, object: object) => boolean,
): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value: unknown, args?: ValidationArguments) => holds(value, args?.object ?? {}),
      defaultMessage: (args?: ValidationArguments) => `${args?.property} ${requirement}`,
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
