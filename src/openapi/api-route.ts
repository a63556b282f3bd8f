import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { ErrorFactory } from '../http/app-error.js';
import { ResponseDto } from '../http/response.dto.js';
import { KeepRouteFacts } from './route-metadata.js';

interface ApiRouteOptions {
  /** Stable name for generated clients: `readingHistoryList`. */
  readonly id: string;
  /** One line for lists of operations. */
  readonly summary: string;
  /** What the summary cannot say. */
  readonly description?: string;
  /** Status of success; 200 unless said. */
  readonly status?: number;
  /** The resource that a success answers. */
  readonly response?: Type;
  /** Whether success may answer the JSON `null` instead. */
  readonly nullable?: boolean;
  /** Or the message of the Response that a success answers. */
  readonly message?: string;
  /** Or a picture that a success answers; a stored one also in part, or not at all if the client has it. */
  readonly image?: 'stored' | 'generated';
  /** Whether success sets or clears the cookie of the session. */
  readonly setsCookie?: boolean;
  /**
   * Whether it takes away what cannot be had back, as `DELETE` does: the examples of ids then name nothing that exists,
   * since Swagger UI fills them in.
   */
  readonly destroys?: boolean;
  /** A body for the example, where one of every field would do harm when it is sent. */
  readonly exampleBody?: Readonly<Record<string, unknown>>;
  /** What the operation may fail with beyond what its access and parameters imply. */
  readonly errors?: readonly ErrorFactory[];
}

/** Documents a handler and sets its status. */
export function ApiRoute(options: ApiRouteOptions): MethodDecorator {
  const {
    id,
    summary,
    description,
    status = 200,
    response,
    message,
    nullable = false,
    image,
    setsCookie = false,
    destroys,
    exampleBody,
    errors = [],
  } = options;
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ operationId: id, summary, ...(description === undefined ? {} : { description }) }),
    ...(image === undefined ? [ApiResponse(successResponse(status, response, message, nullable))] : pictures(image)),
    ...(image === 'stored' ? CONDITIONS.map((header) => ApiHeader(header)) : []),
    ...(response !== undefined && nullable ? [ApiExtraModels(response)] : []),
    KeepRouteFacts({
      id,
      successes: image === 'stored' ? [200, 206, 304] : [status],
      errors,
      setsCookie,
      destroys,
      exampleBody,
    }),
  );
}

const text = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const, example },
});

/** What a client may ask of a stored picture. */
const CONDITIONS = [
  ['Range', 'One range of bytes.', 'bytes=0-99'],
  ['If-Range', 'Answers the range only of this version.', '"3f2a-full.png"'],
  ['If-None-Match', 'Answers 304 if the picture is this one.', '"3f2a-full.png"'],
].map(([name, description, example]) => ({
  name: name as string,
  description: description as string,
  required: false,
  schema: { type: 'string' as const, maxLength: 1000, example },
}));

/** How pictures are answered. */
function pictures(kind: 'stored' | 'generated') {
  const types =
    kind === 'stored' ? ['image/webp', 'image/png', 'image/jpeg', 'image/gif'] : ['image/svg+xml'];
  const binary = { schema: { type: 'string' as const, format: 'binary' } };
  const content = Object.fromEntries(types.map((type) => [type, binary]));
  const headers = {
    'Cache-Control': text(
      'How long it may be kept.',
      kind === 'stored' ? 'public, max-age=31536000, immutable' : 'public, max-age=86400',
    ),
    ...(kind === 'stored'
      ? { ETag: text('Names the picture, for conditional requests.', '"3f2a-full.png"') }
      : {}),
  };
  const whole = ApiResponse({ status: 200, description: 'The picture', headers, content });
  if (kind === 'generated') return [whole];
  const range = {
    ...headers,
    'Content-Range': text('Which bytes of how many.', 'bytes 0-99/1234'),
  };
  return [
    whole,
    ApiResponse({
      status: 206,
      description: 'The part of the picture that was asked for',
      headers: range,
      content,
    }),
    ApiResponse({ status: 304, description: 'The picture is the one that is known', headers }),
  ];
}

function successResponse(status: number, response: Type | undefined, message: string | undefined, nullable: boolean) {
  if (message !== undefined) {
    return { status, type: ResponseDto, description: message, example: { data: message, code: status } };
  }
  if (status === 302) {
    const headers = {
      'Cache-Control': text('How long it may be kept.', 'public, max-age=60'),
      Location: text('Where the picture is.', 'http://localhost:3000/images/avatars/7/3f2a/180x180.webp'),
    };
    return { status, description: 'Where to go on', headers };
  }
  if (response === undefined) return { status, description: 'Done; no content' };
  if (!nullable) return { status, type: response, description: 'The resource' };
  const schema = { anyOf: [{ $ref: getSchemaPath(response) }, { type: 'null' as never }] };
  const content = { 'application/json': { schema } };
  return { status, content, description: 'The resource, or null when there is none' };
}
