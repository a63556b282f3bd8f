import { MaxCharacters } from './fields.js';
import { Integer } from './validation.js';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** One field that a request got wrong. */
@ApiSchema({ name: 'FieldError' })
export class FieldErrorDto {
  /**
   * Name of the parameter as the request spells it; of an unknown one, its first 100 characters.
   * @example "rating"
   */
  @MaxCharacters(100)
  field: string;

  /**
   * What is wrong with it, for developers; the wording may change.
   * @example ["rating must not be greater than 10"]
   */
  messages: string[];
}

/** The answer to a change, and the body of every error of families A, B and C. */
// Generated clients have a Response already: that of fetch.
@ApiSchema({ name: 'Answer' })
export class ResponseDto {
  /** What happened; each operation lists the messages of each status. */
  @ApiProperty({ $ref: '#/components/schemas/Message' } as never)
  data: string;

  /**
   * The HTTP status of the answer, for clients that see the body alone.
   * @example 200
   */
  @Integer()
  code: number;

  /** The faulty parameters of a 400 that comes from validation; absent otherwise. */
  @ApiProperty({ required: false, type: [FieldErrorDto] })
  errors?: FieldErrorDto[];
}
