import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { ErrorFactory } from '../http/app-error.js';
import { ResponseDto } from '../http/response.dto.js';
import { RouteMetadata } from './route-metadata.js';

interface ApiRouteOptions {
  /** The `operationId`, which names the method of generated clients: `readingHistoryList`. */
  readonly id: string;
  /** One line, shown in lists of operations. */
  readonly summary: string;
  /** Further details. */
  readonly description?: string;
  /** Status of success; 200 by default. */
  readonly status?: number;
  /** The DTO of a successful answer. */
  readonly response?: Type;
  /** Whether a successful answer may be `null` instead of the DTO. */
  readonly nullable?: boolean;
  /**
   * The message of a successful change, which is answered as a `ResponseDto`, or as `response` if it has further fields.
   */
  readonly message?: string;
  /** Whether the answer has an ETag, and is 304 if the client's copy is current. */
  readonly conditional?: boolean;
  /** The kind of picture that is answered instead of `response`; stored pictures support ranges and conditional requests. */
  readonly image?: 'stored' | 'generated';
  /** Whether a successful answer sets or clears the refresh cookie. */
  readonly setsCookie?: boolean;
  /**
   * Whether the operation deletes data irreversibly; true by default for `DELETE`. The examples of its ids then identify
   * no object, because Swagger UI fills them in.
   */
  readonly destroys?: boolean;
  /** The example of the body, if an example with all fields would be harmful when sent. */
  readonly exampleBody?: Readonly<Record<string, unknown>>;
  /** The errors of the operation in addition to those that its access and parameters imply. */
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
    conditional = false,
    setsCookie = false,
    destroys,
    exampleBody,
    errors = [],
  } = options;
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ operationId: id, summary, ...(description === undefined ? {} : { description }) }),
    ...(image === undefined
      ? [
          ApiResponse({
            ...successResponse(status, response, message, nullable),
            ...(conditional ? TAGGED : {}),
          }),
        ]
      : pictures(image)),
    ...(conditional ? [NOT_MODIFIED, ApiHeader(IF_NONE_MATCH)] : []),
    ...(image === 'stored' ? CONDITIONS.map((header) => ApiHeader(header)) : []),
    ...(response !== undefined && nullable ? [ApiExtraModels(response)] : []),
    ApiExtraModels(...errors.flatMap(({ body }) => (body === undefined ? [] : [body as Type]))),
    RouteMetadata({
      id,
      successes: image === 'stored' ? [200, 206, 304] : conditional ? [status, 304] : [status],
      message,
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

/** The headers of a resource with a version. */
const TAGGED = {
  headers: {
    'Cache-Control': text(
      'The client may keep its copy, and asks whether it is current.',
      'private, no-cache',
    ),
    ETag: text('The version of the resource, for conditional requests; absent for null.', '"42"'),
  },
};
const NOT_MODIFIED = ApiResponse({ status: 304, description: 'The client’s copy is current', ...TAGGED });
const IF_NONE_MATCH = {
  name: 'If-None-Match',
  description: 'Answers 304 if the resource has this ETag.',
  required: false,
  schema: { type: 'string' as const, maxLength: 1000, example: '"41"' },
};

/** The request headers for ranges and conditional requests of stored pictures. */
const CONDITIONS = [
  ['Range', 'One range of bytes.', 'bytes=0-99'],
  [
    'If-Range',
    'Answers the range only if the picture has this ETag, else the whole picture.',
    '"3f2a-full.png"',
  ],
  ['If-None-Match', 'Answers 304 if the picture has this ETag.', '"3f2a-full.png"'],
].map(([name, description, example]) => ({
  name: name as string,
  description: description as string,
  required: false,
  schema: { type: 'string' as const, maxLength: 1000, example },
}));

/** The successful answers of a route for pictures. */
function pictures(kind: 'stored' | 'generated') {
  const types =
    kind === 'stored' ? ['image/webp', 'image/png', 'image/jpeg', 'image/gif'] : ['image/svg+xml'];
  const binary = { schema: { type: 'string' as const, format: 'binary' } };
  const content = Object.fromEntries(types.map((type) => [type, binary]));
  const headers = {
    'Cache-Control': text(
      'How long the picture may be cached.',
      kind === 'stored' ? 'public, max-age=31536000, immutable' : 'public, max-age=86400',
    ),
    ...(kind === 'stored'
      ? { ETag: text('Identifies this version of the picture in conditional requests.', '"3f2a-full.png"') }
      : {}),
  };
  const whole = ApiResponse({ status: 200, description: 'The picture', headers, content });
  if (kind === 'generated') return [whole];
  const range = {
    ...headers,
    'Content-Range': text('The range that is sent, and the size of the picture in bytes.', 'bytes 0-99/1234'),
  };
  return [
    whole,
    ApiResponse({
      status: 206,
      description: 'The requested range of the picture',
      headers: range,
      content,
    }),
    ApiResponse({ status: 304, description: 'The client’s copy of the picture is current', headers }),
  ];
}

function successResponse(
  status: number,
  response: Type | undefined,
  message: string | undefined,
  nullable: boolean,
) {
  if (message !== undefined) {
    if (response !== undefined) return { status, type: response, description: message };
    return { status, type: ResponseDto, description: message, example: { data: message, code: status } };
  }
  if (status === 302) {
    const headers = {
      'Cache-Control': text('How long the redirect may be cached.', 'public, max-age=60'),
      Location: text('URL of the picture.', 'http://localhost:3000/images/avatars/7/3f2a/180x180.webp'),
    };
    return { status, description: 'Redirect to the picture', headers };
  }
  if (response === undefined) return { status, description: 'Done; no content' };
  if (!nullable) return { status, type: response, description: 'The resource' };
  const schema = { anyOf: [{ $ref: getSchemaPath(response) }, { type: 'null' as never }] };
  const content = { 'application/json': { schema } };
  return { status, content, description: 'The resource, or null when there is none' };
}
