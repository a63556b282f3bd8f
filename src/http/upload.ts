import multipart from '@fastify/multipart';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  AppError,
  type FieldError,
  invalidParameters,
  payloadTooLarge,
  unsupportedMediaType,
} from './app-error.js';

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

/** Reads the uploaded image; null when none was sent. Called once everything else has been decided. */
export type UploadReader = () => Promise<Upload | null>;

/** A handler whose body is a multipart form with the file `image`. */
export function TakesImage({ required }: { required: boolean }): MethodDecorator {
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
      schema: { type: 'object', properties: { image }, ...(required ? { required: ['image'] } : {}) },
    }),
  );
}

/** The uploaded image, which has not been read yet. */
export const UploadedImage = createParamDecorator((_: unknown, context: ExecutionContext): UploadReader => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return () => readImage(request);
});

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

async function readImage(request: FastifyRequest): Promise<Upload | null> {
  if (!request.isMultipart()) return null;
  let upload: Upload | null = null;
  try {
    for await (const part of request.parts()) {
      if (part.fieldname !== 'image' || part.type !== 'file')
        throw invalidParameters(about(part.fieldname, 'should not exist'));
      if (upload !== null) throw invalidParameters(about('image', 'must be one file'));
      upload = { name: plainName(part.filename), bytes: await part.toBuffer() };
    }
  } catch (error) {
    throw asRefusal(error);
  }
  return upload;
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
