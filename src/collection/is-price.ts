import { applyDecorators } from '@nestjs/common';
import { IsNumber, Max, Min } from 'class-validator';
import { isAmountOf, isCurrency, MAX_FRACTION_DIGITS } from '../currencies.js';
import { FractionDigits, rule } from '../http/validation.js';

export const MAX_PRICE = 999_999_999.999;

/**
 * A price. If the body names its currency, the price must fit it; otherwise the statement that writes the price
 * compares it with the currency that the item has.
 */
export function IsPrice(): PropertyDecorator {
  return applyDecorators(
    IsNumber(),
    Min(0),
    Max(MAX_PRICE),
    FractionDigits(MAX_FRACTION_DIGITS),
    rule('priceOfCurrency', 'has more fraction digits than its currency', (price, body) => {
      const { currency } = body as { currency?: unknown };
      return typeof price !== 'number' || !isCurrency(currency) || isAmountOf(currency, price);
    }),
  );
}
