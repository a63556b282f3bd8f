import { applyDecorators } from '@nestjs/common';
import { IsString } from 'class-validator';
import { CodePointLength, Optional } from './validation.js';

/** The device that a change comes from: a text of the client's choice. */
export function IsDevice(): PropertyDecorator {
  return applyDecorators(Optional(), IsString(), CodePointLength(1, 100));
}
