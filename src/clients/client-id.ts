import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { parseId } from '../http/ids.js';
import { Integer, Optional, Required, isBlank } from '../http/validation.js';

/** Parses a client's id from a number or from digits. Other values stay unchanged and fail the validation. */
function AsClientId(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    isBlank(value) ? undefined : (parseId(value) ?? value),
  );
}

/** The required id of the client that a request belongs to. The statement checks that the client is registered. */
export function IsClient(): PropertyDecorator {
  return applyDecorators(AsClientId(), Required(), Integer(), ApiProperty({ minimum: 1 }));
}

/** The optional id of a client, which filters a list by the owner of the series. */
export function IsClientFilter(): PropertyDecorator {
  return applyDecorators(AsClientId(), Optional(), Integer(), ApiProperty({ minimum: 1 }));
}

/** The id of the client that a request belongs to, on routes that do not require it. */
export function IsOptionalClient(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => parseId(value) ?? value),
    Optional(),
    Integer(),
    ApiProperty({ minimum: 1 }),
  );
}
