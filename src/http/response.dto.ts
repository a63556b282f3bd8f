import { AnswerText } from './fields.js';
import { Integer } from './validation.js';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** An invalid or missing field of a request. */
@ApiSchema({ name: 'FieldError' })
export class FieldErrorDto {
  /**
   * Name of the parameter as in the request; the name of an unknown parameter is cut after 100 characters.
   * @example "rating"
   */
  @AnswerText(100)
  field: string;

  /**
   * Descriptions of the errors, for developers; the wording may change.
   * @example ["rating must not be greater than 10"]
   */
  messages: string[];
}

/** What every answer to a change and every error has. */
export class OutcomeDto {
  /** The outcome; each operation lists the messages of each status. */
  @ApiProperty({ $ref: '#/components/schemas/Message' } as never)
  data: string;

  /**
   * The HTTP status of the answer, for clients that see only the body.
   * @example 200
   */
  @Integer()
  code: number;
}

/** The answer to a change, and the body of every error of families A, B and C. */
// The schema is not named Response, because that is a type of fetch in generated clients.
@ApiSchema({ name: 'Answer' })
export class ResponseDto extends OutcomeDto {
  /** The faulty parameters of a 400 that comes from validation; absent otherwise. */
  @ApiProperty({ required: false, type: [FieldErrorDto] })
  errors?: FieldErrorDto[];
}
