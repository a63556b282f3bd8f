import multipart from '@fastify/multipart';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  AppError,
  type FieldError,
  invalidParameters,
  payloadTooLarge,
  unsupportedMediaType,
} from './app-error.js';
import { holdLargeBody } from './body-limit.js';

/** Bytes that an image must stay below. */
export const IMAGE_BYTES = 5_000_000;
/** Most bytes of a request that carries one: base64 makes four of three. */
export const IMAGE_BODY_LIMIT = 7 * 1024 * 1024;

/** A file as it was sent. */
export interface Upload {
  /** As the client calls it, without folders. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** A form that was sent: its image, if there is one, and its texts. */
export interface SentForm {
  readonly file: Upload | null;
  readonly fields: Readonly<Record<string, string>>;
}

/** Reads the form. Called once everything that can be decided without it has been decided. */
export type UploadReader = () => Promise<SentForm>;

const CLIENT = {
  type: 'integer',
  minimum: 1,
  example: 1,
  description: 'The registered client that uploads.',
};

/** A handler whose body is a multipart form with the file `image`, and perhaps the id of a client. */
export function TakesImage({
  required,
  client = false,
}: {
  required: boolean;
  client?: boolean;
}): MethodDecorator {
  const image = {
    type: 'string',
    format: 'binary',
    description: 'GIF, JPEG or PNG of less than 5,000,000 bytes.',
  };
  return applyDecorators(
    RouteConfig({ multipart: true, bodyBytes: IMAGE_BODY_LIMIT }) as MethodDecorator,
    ApiConsumes('multipart/form-data'),
    ApiBody({
      required,
      schema: {
        type: 'object',
        properties: { image, ...(client ? { client: CLIENT } : {}) },
        ...(required ? { required: client ? ['image', 'client'] : ['image'] } : {}),
      },
    }),
  );
}

/** The uploaded form, which has not been read yet; texts other than the named ones are refused. */
export const UploadedImage = createParamDecorator(
  (fields: string[] | undefined, context: ExecutionContext): UploadReader => {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    return () => {
      holdLargeBody(http.getResponse<FastifyReply>());
      return readForm(request, fields ?? []);
    };
  },
);

/** Lets routes that take uploads read multipart forms, and keeps them from all others. */
export async function acceptUploads(fastify: FastifyInstance): Promise<void> {
  await fastify.register(multipart, {
    limits: { fileSize: IMAGE_BYTES - 1, files: 1, fields: 5, parts: 8, fieldSize: 1024, headerPairs: 50 },
  });
  fastify.addHook('preParsing', (request, _reply, payload, next) => {
    const { multipart: takesForms } = request.routeOptions.config as { multipart?: boolean };
    const { 'content-type': type, 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    const hasBody = encoding !== undefined || (length !== undefined && length !== '0');
    const isForm = /^multipart\/form-data\b/i.test(type ?? '');
    if (hasBody && isForm !== (takesForms ?? false)) {
      // JSON and unknown types are told apart by their parsers.
      if (isForm || type !== undefined) return next(unsupportedMediaType());
    }
    if (takesForms && Number(length ?? 0) > IMAGE_BODY_LIMIT) return next(payloadTooLarge());
    return next(null, payload);
  });
}

async function readForm(request: FastifyRequest, known: readonly string[]): Promise<SentForm> {
  if (!request.isMultipart()) return { file: null, fields: {} };
  try {
    return await Promise.race([collect(request, known), brokenOff(request)]);
  } catch (error) {
    throw asRefusal(error);
  }
}

async function collect(request: FastifyRequest, known: readonly string[]): Promise<SentForm> {
  let file: Upload | null = null;
  const fields: Record<string, string> = {};
  for await (const part of request.parts()) {
    const { fieldname: name } = part;
    if (part.type === 'file' && name === 'image') {
      if (file !== null) throw invalidParameters(about('image', 'must be one file'));
      file = { name: plainName(part.filename), bytes: await part.toBuffer() };
    } else if (part.type === 'field' && known.includes(name) && !(name in fields)) {
      fields[name] = String(part.value);
    } else throw invalidParameters(about(name, 'should not exist'));
  }
  return { file, fields };
}

/** Fails when the client goes away in the middle of its body: the parser would wait for the rest for ever. */
function brokenOff({ raw }: FastifyRequest): Promise<never> {
  const broken = new Promise<never>((_, reject) => {
    const check = () => {
      if (!raw.complete) reject(new Error('The upload broke off'));
    };
    if (raw.destroyed) check();
    else raw.once('close', check);
  });
  broken.catch(() => undefined);
  return broken;
}

/** Whatever a form gets wrong is the client's fault. */
function asRefusal(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code } = error as { code?: string };
  if (code === 'FST_REQ_FILE_TOO_LARGE') return payloadTooLarge({ cause: error });
  return invalidParameters({ ...about('image', 'must be one file of a well-formed form'), cause: error });
}

function about(field: string, says: string): { details: FieldError[] } {
  return { details: [{ field: field.slice(0, 100), messages: [`${field.slice(0, 100)} ${says}`] }] };
}

/** The last part of a file's name, without what could be mistaken for markup or a path. */
export function plainName(name: string | undefined): string {
  const last = (name ?? '').normalize('NFC').toWellFormed().split(/[\\/]/).at(-1) ?? '';
  const plain = last
    .replace(/[\p{Cc}\p{Cf}<>"'&:|?*]/gu, '')
    .trim()
    .replace(/^\.+/, '');
  return [...plain].slice(0, 255).join('') || 'image';
}
