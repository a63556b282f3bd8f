import { ApiSchema } from '@nestjs/swagger';
import { MaxCharacters } from '../http/fields.js';

@ApiSchema({ name: 'Health' })
export class HealthDto {
  /**
   * Always `ok`: an unhealthy node answers with an error status.
   * @example "ok"
   */
  @MaxCharacters(2)
  status: string;
}
