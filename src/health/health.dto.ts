import { ApiSchema } from '@nestjs/swagger';
import { AnswerText } from '../http/fields.js';

@ApiSchema({ name: 'Health' })
export class HealthDto {
  /**
   * Always `ok`: an unhealthy node answers with an error status.
   * @example "ok"
   */
  @AnswerText(2)
  status: string;
}
