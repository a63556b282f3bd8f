import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { AppError, type FieldError, type ErrorFactory } from '../http/app-error.js';
import { validateBody } from '../http/dto-validation.js';
import { badRequest, invalid, missing, type Problem } from '../http/problems.js';
import { isBlank, Required } from '../http/validation.js';

/** Maximum number of items of a bulk. */
export const MAX_ITEMS = 500;
/** Bytes of the body of a bulk. */
export const BULK_LIMIT = 2 * 1024 * 1024;

/** The DTO of each operation of a bulk, by its `op`. */
export type Operations = Readonly<Record<string, Type>>;

/** The items of a bulk, which are validated one by one. */
export function BulkItems(operations: Operations, example: readonly object[]): PropertyDecorator {
  const models = Object.values(operations);
  const mapping = Object.fromEntries(Object.entries(operations).map(([op, dto]) => [op, getSchemaPath(dto)]));
  return applyDecorators(
    Required(),
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(MAX_ITEMS),
    (target: object) => ApiExtraModels(...models)(target.constructor as never),
    ApiProperty({
      type: 'array',
      minItems: 1,
      maxItems: MAX_ITEMS,
      example,
      items: {
        oneOf: models.map((dto) => ({ $ref: getSchemaPath(dto) })),
        discriminator: { propertyName: 'op', mapping },
      },
    }),
  );
}

/** Documents the `op` of an item. */
export function Operation(op: string): PropertyDecorator {
  return applyDecorators(Required(), ApiProperty({ type: 'string', const: op, example: op } as never));
}

/** A valid item, or the error of an invalid one. */
export type ParsedItem<Item> =
  { readonly kind: 'valid'; readonly item: Item } | { readonly kind: 'invalid'; readonly error: AppError };

/** Validates an item by the DTO of its operation. */
export async function parseItem<Item>(value: unknown, operations: Operations): Promise<ParsedItem<Item>> {
  const problems: Problem[] = [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(invalid('item', 'must be an object'));
  } else {
    const { op } = value as { op?: unknown };
    const dto = typeof op === 'string' && Object.hasOwn(operations, op) ? operations[op] : undefined;
    if (isBlank(op)) problems.push(missing('op'));
    else if (dto === undefined) {
      problems.push(invalid('op', `must be one of ${Object.keys(operations).join(', ')}`));
    } else {
      const item = await validateBody(value, dto, problems);
      if (problems.length === 0) return { kind: 'valid', item: item as Item };
    }
  }
  return { kind: 'invalid', error: badRequest(problems) };
}

/** The outcome of an item: code and message of the single request. */
export interface ItemOutcome {
  readonly code: number;
  readonly data: string;
  readonly errors: FieldError[] | null;
  /** Fields of the error's body beside these. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The outcome of an item that has failed. @throws what is not an error of the item */
export function failureOf(error: unknown): ItemOutcome {
  if (!(error instanceof AppError) || error.definition.status >= 500) throw error;
  const { status: code, message: data } = error.definition;
  const { details = null, fields = {} } = error.extra;
  return { code, data, errors: details, fields };
}

/** The error of an atomic bulk: the results of the failed items. */
export function requireAll<Result extends { readonly code: number }>(
  results: readonly Result[],
  isAtomic: boolean,
  nothingChanged: ErrorFactory,
): void {
  const failed = results.filter(({ code }) => code >= 400);
  if (isAtomic && failed.length > 0) throw nothingChanged({ fields: { results: failed } });
}
