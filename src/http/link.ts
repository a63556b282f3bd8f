import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { BlankIsNull, CodePointLength, Nullable, rule } from './validation.js';

/** An optional http or https URL. Null or a blank text stands for none. @param maxLength in code points */
export function Link(maxLength: number): PropertyDecorator {
  return applyDecorators(
    BlankIsNull(),
    Nullable(),
    IsString(),
    rule('link', 'must be a URL that starts with http:// or https://', isLink),
    CodePointLength(0, maxLength),
    ApiProperty({ format: 'uri' }),
  );
}

/** An optional http or https URL below which others are formed: nothing follows its path. */
export function BaseLink(maxLength: number): PropertyDecorator {
  return applyDecorators(
    rule('baseLink', 'must have no user name, password, query or fragment', (value) => {
      return typeof value === 'string' && isBaseLink(value);
    }),
    Link(maxLength),
  );
}

/** Whether a URL has neither user information nor a query or a fragment, not even an empty one. */
export function isBaseLink(url: string): boolean {
  return !/[?#]|^[^/]*\/\/[^/]*@/.test(url);
}

/**
 * Whether a value is an http or https URL. Any host is valid, also one with underscores, without a dot, or an IPv6
 * address.
 */
function isLink(value: unknown): boolean {
  if (typeof value !== 'string' || !/^https?:\/\/[^\s<>/?#\\][^\s<>\\]*$/i.test(value)) return false;
  if (!URL.canParse(value)) return false;
  const labels = new URL(value).hostname.replace(/\.$/, '').split('.');
  return labels.every((label) => label !== '');
}
