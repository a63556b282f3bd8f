import multipart from '@fastify/multipart';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  AppError,
  type FieldError,
  invalidParameters,
  missingParameters,
  payloadTooLarge,
  unsupportedMediaType,
} from '../http/app-error.js';
import { imageFormat } from './image-format.js';
import { holdLargeBody } from '../limits/body-limit.js';
import { hasBody } from '../http/body-parsing.js';
import { RouteOption } from '../http/route-option.js';

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

/**
 * Reads the form, with every part that the route needs. Called once everything that can be decided without it has been
 * decided.
 */
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
    description:
      'GIF, JPEG or PNG of less than 5,000,000 bytes and at most 40 megapixels, a GIF of at most 150 frames.',
  };
  const needs = required ? ['image', ...(client ? ['client'] : [])] : [];
  return applyDecorators(
    RouteOption({ multipart: { needs }, bodyBytes: IMAGE_BODY_LIMIT }),
    ApiConsumes('multipart/form-data'),
    ApiBody({
      required,
      schema: {
        type: 'object',
        properties: { image, ...(client ? { client: CLIENT } : {}) },
        ...(needs.length > 0 ? { required: needs } : {}),
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
    // A part without a file name is a file if its type or its field says so.
    isPartAFile: (field, type, name) =>
      name !== undefined || field === 'image' || /^(image\/|application\/octet-stream)/i.test(type ?? ''),
  });
  fastify.addHook('preParsing', (request, _reply, payload, next) => {
    const takesForms = 'multipart' in request.routeOptions.config;
    const { 'content-type': type, 'content-length': length } = request.headers;
    const isForm = /^multipart\/form-data\b/i.test(type ?? '');
    if (hasBody(request) && isForm !== takesForms) {
      // JSON and unknown types are told apart by their parsers.
      if (isForm || type !== undefined) return next(unsupportedMediaType());
    }
    if (takesForms && Number(length ?? 0) > IMAGE_BODY_LIMIT) return next(payloadTooLarge());
    return next(null, payload);
  });
}

async function readForm(request: FastifyRequest, known: readonly string[]): Promise<SentForm> {
  const { multipart: form } = request.routeOptions.config as { multipart?: { needs: readonly string[] } };
  let sent: SentForm & { wrong: FieldError[] } = { file: null, fields: {}, wrong: [] };
  try {
    if (request.isMultipart()) sent = await Promise.race([collect(request, known), brokenOff(request)]);
  } catch (error) {
    throw asRefusal(error);
  }
  const { file, fields, wrong } = sent;
  const missing = (form?.needs ?? []).filter((name) =>
    name === 'image' ? file === null : !fields[name]?.trim(),
  );
  if (missing.length > 0) {
    throw missingParameters({ details: missing.map((name) => about(name, 'is required')) });
  }
  if (wrong.length > 0) throw invalidParameters({ details: wrong });
  return { file, fields };
}

/** Reads the form to its end: what is missing is told before what is wrong. */
async function collect(
  request: FastifyRequest,
  known: readonly string[],
): Promise<SentForm & { wrong: FieldError[] }> {
  let file: Upload | null = null;
  const fields: Record<string, string> = {};
  const wrong: FieldError[] = [];
  for await (const part of request.parts()) {
    const { fieldname: name } = part;
    if (part.type === 'file') {
      const bytes = await part.toBuffer();
      // What browsers send for a field without a chosen file.
      if (bytes.length === 0 && !part.filename) continue;
      const isText = part.filename === undefined && part.mimetype.startsWith('text/');
      if (isText && imageFormat(bytes) === null) {
        wrong.push(about(name, 'must be a file'));
        continue;
      }
      if (name !== 'image') wrong.push(about(name, 'should not exist'));
      else if (file !== null) wrong.push(about(name, 'must be one file'));
      else file = { name: plainName(part.filename), bytes };
    } else if (name === 'image') wrong.push(about(name, 'must be a file'));
    else if (!known.includes(name)) wrong.push(about(name, 'should not exist'));
    else if (Object.hasOwn(fields, name)) wrong.push(about(name, 'must be sent once'));
    else fields[name] = String(part.value);
  }
  return { file, fields, wrong };
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
  return invalidParameters({
    details: [about('image', 'must be one file of a well-formed form')],
    cause: error,
  });
}

function about(field: string, says: string): FieldError {
  const name = field.slice(0, 100);
  return { field: name, messages: [`${name} ${says}`] };
}

/** The last part of a file's name, without what could be mistaken for markup or a path. */
export function plainName(name: string | undefined): string {
  const last = (name ?? '').normalize('NFC').toWellFormed().split(/[\\/]/).at(-1) ?? '';
  const plain = last
    // How browsers write quotation marks and line ends in a file's name.
    .replace(/%(22|0d|0a)/gi, '')
    .replace(/[\p{Cc}\p{Cf}<>"'&:|?*]/gu, '')
    .trim()
    .replace(/^\.+/, '');
  return [...plain].slice(0, 255).join('') || 'image';
}
