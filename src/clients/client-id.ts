import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IntegerId, parseId } from '../http/ids.js';
import { Integer, Optional, Required, isBlank } from '../http/validation.js';

/** A client's id comes as a number or as digits; anything else stays and fails the check. */
function AsClientId(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    isBlank(value) ? undefined : (parseId(value) ?? value),
  );
}

/** The client that a request belongs to: required. Whether it is registered is the statement's to say. */
export function IsClient(): PropertyDecorator {
  return applyDecorators(AsClientId(), Required(), Integer(), ApiProperty({ minimum: 1 }));
}

/** The client whose part of the catalog is asked for: optional. */
export function IsClientFilter(): PropertyDecorator {
  return applyDecorators(AsClientId(), Optional(), Integer(), ApiProperty({ minimum: 1 }));
}

/** The id of a client in the path. */
export const ClientId = () =>
  IntegerId({ description: 'Id of the client, as the list of clients answers it.' });
