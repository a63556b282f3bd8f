import { ApiSchema } from '@nestjs/swagger';
import { MaxCharacters } from '../http/fields.js';
@ApiSchema({ name: 'Health' })
export class HealthDto {
  /**
   * Always `ok`: a node that is not well answers with an error status instead.
   * @example "ok"
   */
  @MaxCharacters(2)
  status: string;
}
