import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { ErrorFactory } from '../http/app-error.js';
import { RouteOption } from '../http/route-option.js';
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
   * The message of a successful change, which is answered as a `ResponseDto`, or as `response` if it has further
   * fields.
   */
  readonly message?: string;
  /** Whether the answer has an ETag, and is 304 if the client's copy is current. */
  readonly conditional?: boolean;
  /** Whether caches may keep the answers to requests without a credential for a minute; these have an ETag. */
  readonly cachedForAnonymous?: boolean;
  /**
   * The kind of picture that is answered instead of `response`; stored pictures support ranges and conditional
   * requests.
   */
  readonly image?: 'stored' | 'generated';
  /** The types of a file that is answered instead of `response`, each with an example of its name. */
  readonly file?: Readonly<Record<string, string>>;
  /** A redirect that is answered instead of `response`, with an example of its URL. */
  readonly redirect?: { readonly description: string; readonly location: string };
  /** Whether a successful answer sets or clears the refresh cookie. */
  readonly setsCookie?: boolean;
  /**
   * Whether the operation deletes data irreversibly; true by default for `DELETE`. The examples of its ids then
   * identify no object, because Swagger UI fills them in.
   */
  readonly destroys?: boolean;
  /** The example of the body, if an example with all fields would be harmful when sent. */
  readonly exampleBody?: Readonly<Record<string, unknown>>;
  /** The errors of the operation in addition to those that its access and parameters imply. */
  readonly errors?: readonly ErrorFactory[];
}

/** The option of routes with `cachedForAnonymous`, for the hook that caches their answers. */
export interface CachingOption {
  readonly cachedForAnonymous: true;
}

/** Documents a handler, and sets its status and its caching. */
export function ApiRoute(options: ApiRouteOptions): MethodDecorator {
  const {
    id,
    summary,
    description,
    redirect,
    status = redirect === undefined ? 200 : 302,
    response,
    message,
    nullable = false,
    image,
    file,
    conditional = false,
    cachedForAnonymous = false,
    setsCookie = false,
    destroys,
    exampleBody,
    errors = [],
  } = options;
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ operationId: id, summary, ...(description === undefined ? {} : { description }) }),
    ...(image !== undefined
      ? pictures(image)
      : [
          ApiResponse({
            ...(file === undefined
              ? successResponse(status, response, message, nullable, redirect)
              : attachment(status, file)),
            ...(conditional ? TAGGED : {}),
            ...(cachedForAnonymous ? CACHED : {}),
          }),
        ]),
    ...(conditional ? [NOT_MODIFIED, ApiHeader(IF_NONE_MATCH)] : []),
    ...(cachedForAnonymous
      ? [
          RouteOption({ cachedForAnonymous: true } satisfies CachingOption),
          CACHE_IS_CURRENT,
          ApiHeader(IF_NONE_MATCH),
        ]
      : []),
    ...(image === 'stored' ? CONDITIONS.map((header) => ApiHeader(header)) : []),
    ...(response !== undefined && nullable ? [ApiExtraModels(response)] : []),
    ApiExtraModels(...errors.flatMap(({ body }) => (body === undefined ? [] : [body as Type]))),
    RouteMetadata({
      id,
      successes:
        image === 'stored' ? [200, 206, 304] : conditional || cachedForAnonymous ? [status, 304] : [status],
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
/** The headers of an answer that caches may keep if it is anonymous. */
const CACHED = {
  headers: {
    'Cache-Control': text(
      'Caches may keep an anonymous answer for a minute; an answer to a signed-in reader is `no-store`.',
      'public, max-age=60',
    ),
    ETag: text('Identifies this answer in conditional requests; only without a credential.', 'W/"3f2a"'),
  },
};
const CACHE_IS_CURRENT = ApiResponse({
  status: 304,
  description: 'The client’s copy is current',
  ...CACHED,
});
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

const BINARY = { schema: { type: 'string' as const, format: 'binary' } };

/** The successful answer of a route for files that a browser saves. */
function attachment(status: number, file: NonNullable<ApiRouteOptions['file']>) {
  const [name = ''] = Object.values(file);
  const headers = {
    'Cache-Control': text('The file must not be stored by caches.', 'private, no-store'),
    'Content-Disposition': text('The name of the file.', `attachment; filename="${name}"`),
  };
  const content = Object.fromEntries(Object.keys(file).map((type) => [type, BINARY]));
  return { status, description: 'The file', headers, content };
}

/** The successful answers of a route for pictures. */
function pictures(kind: 'stored' | 'generated') {
  const types =
    kind === 'stored' ? ['image/webp', 'image/png', 'image/jpeg', 'image/gif'] : ['image/svg+xml'];
  const content = Object.fromEntries(types.map((type) => [type, BINARY]));
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
  redirect: ApiRouteOptions['redirect'],
) {
  if (message !== undefined) {
    if (response !== undefined) return { status, type: response, description: message };
    return { status, type: ResponseDto, description: message, example: { data: message, code: status } };
  }
  if (redirect !== undefined) {
    const headers = { Location: text('URL of the page.', redirect.location) };
    return { status, description: redirect.description, headers };
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
