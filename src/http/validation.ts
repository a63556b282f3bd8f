import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Expose, Transform } from 'class-transformer';
import { IsInt, ValidateBy, ValidateIf, type ValidationArguments } from 'class-validator';
import { trimmed } from './typed-text.js';

/** The name of the rule that reports a missing parameter. */
export const REQUIRED = 'required';

const AT_LEAST_ONE = Symbol('at least one property');

/** Requires at least one property of a DTO whose properties are all optional. */
export function AtLeastOneProperty(): ClassDecorator {
  return (target) => Reflect.defineMetadata(AT_LEAST_ONE, true, target);
}

/** Whether a DTO has `@AtLeastOneProperty`. */
export function requiresAProperty(dto: object): boolean {
  return Reflect.hasMetadata(AT_LEAST_ONE, dto);
}

/** A parameter that must not be absent, null or blank. */
export function Required(): PropertyDecorator {
  return ValidateBy({
    name: REQUIRED,
    validator: {
      validate: (value: unknown) => !isBlank(value),
      defaultMessage: (args?: ValidationArguments) => `${args?.property} is required`,
    },
  });
}

/** A required object whose properties of these names must not be absent, null or blank either. */
export function RequiredWith(...names: readonly string[]): PropertyDecorator {
  const missingIn = (value: unknown) =>
    typeof value === 'object' && value !== null
      ? names.filter((name) => isBlank((value as Record<string, unknown>)[name]))
      : [];
  return ValidateBy({
    name: REQUIRED,
    validator: {
      validate: (value: unknown) => !isBlank(value) && missingIn(value).length === 0,
      defaultMessage: (args?: ValidationArguments) => {
        const paths = missingIn(args?.value).map((name) => `${args?.property}.${name}`);
        return `${paths.length === 0 ? args?.property : paths.join(' and ')} is required`;
      },
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

/** A text with `min` to `max` Unicode code points; class-validator's `Length` does not count some of them. */
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

/** A text with at most so many bytes in UTF-8. */
export function MaxBytes(bytes: number): PropertyDecorator {
  return rule('maxBytes', `must have at most ${bytes} bytes`, (value) => {
    return typeof value === 'string' && Buffer.byteLength(value) <= bytes;
  });
}

/** A whole number, and documented as one. */
export function Integer(): PropertyDecorator {
  return applyDecorators(IsInt(), ApiProperty({ type: 'integer' }));
}

/**
 * A number with at most `digits` fraction digits. The document does not use `multipleOf`, because validators compute
 * it in binary floating point, where 19.99 is not a multiple of 0.01.
 */
export function FractionDigits(digits: number): PropertyDecorator {
  return rule('fractionDigits', `must have at most ${digits} fraction digits`, (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return false;
    return Number(value.toFixed(digits)) === value;
  });
}

/** A custom rule. Its message is the property's name followed by the requirement. */
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

/** Removes leading and trailing white space and invisible characters. */
export function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? trimmed(value) : value));
}

/** Converts a blank text to null. */
export function BlankIsNull(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (isBlank(value) && value !== undefined ? null : value));
}

/** Treats a blank query parameter as absent. */
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
    // Without `Expose`, the transformation does not run if only `name[]` is present.
    Expose(),
  );
}

/**
 * Converts a query parameter of decimal digits to a number, capped at `Number.MAX_SAFE_INTEGER`.
 *
 * @param fallback the value of a blank parameter
 */
export function QueryInteger(fallback?: number): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => {
    if (isBlank(value)) return fallback;
    return typeof value === 'string' && /^\d+$/.test(value)
      ? Math.min(Number(value), Number.MAX_SAFE_INTEGER)
      : value;
  });
}

/**
 * Converts the query parameters `true` and `false` to booleans.
 *
 * @param fallback the value of a blank parameter
 */
export function QueryBoolean(fallback?: boolean): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => {
    if (isBlank(value)) return fallback;
    return value === 'true' ? true : value === 'false' ? false : value;
  });
}
