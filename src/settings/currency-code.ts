import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { isCurrency } from '../currencies.js';
import { rule } from '../http/validation.js';

/** The code of an active currency. The document gives its pattern: the list of codes changes with ISO 4217. */
export function ActiveCurrency(): PropertyDecorator {
  return applyDecorators(
    rule('currencyCode', 'must be the ISO 4217 code of an active currency', isCurrency),
    CurrencyCode(),
  );
}

/** A currency in an answer. */
export function CurrencyCode(): PropertyDecorator {
  return ApiProperty({ pattern: '^[A-Z]{3}$', minLength: 3, maxLength: 3 });
}
