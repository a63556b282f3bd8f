import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtension, ApiExtraModels, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { Refusal, RefusalFactory } from './app-error.js';
import { ResponseDto } from './response.dto.js';

/** Where an operation's outcomes wait in the document for `openapi.ts`, which groups them by status. */
export const OUTCOMES = 'x-outcomes';

export interface Outcomes {
  /** The one status of success. */
  readonly status: number;
  readonly refuses: readonly Refusal[];
}

interface OperationOptions {
  /** Stable name for generated clients: `readingHistoryList`. */
  readonly id: string;
  /** One line for lists of operations. */
  readonly summary: string;
  /** What the summary cannot say. */
  readonly description?: string;
  /** Status of success; 200 unless said. */
  readonly status?: number;
  /** The resource that success answers. */
  readonly answers?: Type;
  /** Whether success may answer the JSON `null` instead. */
  readonly orNull?: boolean;
  /** Or the message of the Response that success answers. */
  readonly says?: string;
  /** Or a picture, which success answers. */
  readonly image?: boolean;
  /** What this operation refuses beyond what its access and parameters imply. */
  readonly refuses?: readonly RefusalFactory[];
}

/** Documents a handler and sets its status. */
export function Operation(options: OperationOptions): MethodDecorator {
  const {
    id,
    summary,
    description,
    status = 200,
    answers,
    says,
    orNull = false,
    image = false,
    refuses = [],
  } = options;
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ operationId: id, summary, ...(description === undefined ? {} : { description }) }),
    ApiResponse(image ? PICTURE : success(status, answers, says, orNull)),
    ...(answers !== undefined && orNull ? [ApiExtraModels(answers)] : []),
    ApiExtension(OUTCOMES, {
      status,
      refuses: refuses.map(({ status, message, code }): Refusal =>
        code === undefined ? { status, message } : { status, message, code },
      ),
    } satisfies Outcomes),
  );
}

/** The media types of pictures, stored and generated. */
const PICTURE = {
  status: 200,
  description: 'The picture',
  content: Object.fromEntries(
    ['image/webp', 'image/png', 'image/jpeg', 'image/gif', 'image/svg+xml'].map((type) => [
      type,
      { schema: { type: 'string', format: 'binary' } },
    ]),
  ),
};

function success(status: number, answers: Type | undefined, says: string | undefined, orNull: boolean) {
  if (says !== undefined) {
    return { status, type: ResponseDto, description: says, example: { data: says, code: status } };
  }
  if (answers === undefined) return { status, description: 'Done; no content' };
  if (!orNull) return { status, type: answers, description: 'The resource' };
  const schema = { anyOf: [{ $ref: getSchemaPath(answers) }, { type: 'null' as never }] };
  const content = { 'application/json': { schema } };
  return { status, content, description: 'The resource, or null when there is none' };
}
