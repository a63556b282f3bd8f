import multipart from '@fastify/multipart';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, payloadTooLarge, unsupportedMediaType } from '../http/app-error.js';
import { imageFormat } from './image-format.js';
import { countLargeBody } from '../limits/body-limit.js';
import { LimitImageUploads } from '../limits/image-limit.js';
import { hasBody } from '../http/body-parsing.js';
import { badRequest, invalid, missing, type Problem } from '../http/problems.js';
import { RouteOption } from '../http/route-option.js';

/** Size in bytes that images must stay below. */
export const IMAGE_BYTES = 5_000_000;
/** Maximum bytes of a request with an image: base64 encodes three bytes as four. */
export const IMAGE_BODY_LIMIT = 7 * 1024 * 1024;

/** Maximum number of text fields of a form, unless more are known. */
const MAX_FIELDS = 5;

/** An uploaded file. */
export interface Upload {
  /** File name that the client sent, without folders. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** The image, if any, and the text fields of a form. */
export interface UploadForm {
  readonly file: Upload | null;
  readonly fields: Readonly<Record<string, string>>;
}

/** A form with the invalid parts that were left out. */
type CollectedForm = UploadForm & { readonly problems: readonly Problem[] };

/** Reads the form and requires the parts that the route needs. Called after all checks that do not need the form. */
export type UploadReader = () => Promise<UploadForm>;

/** The file that a form contains. */
export interface FileField {
  readonly name: string;
  readonly maxBytes: number;
}

const IMAGE: FileField = { name: 'image', maxBytes: IMAGE_BYTES - 1 };

const CLIENT = {
  type: 'integer',
  minimum: 1,
  example: 1,
  description: 'The registered client that uploads.',
};

/**
 * Declares that the request body is a multipart form with the file `image` and optionally the id of a client, and
 * applies the limit of image uploads.
 */
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
    LimitImageUploads(),
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

/** Injects the reader of the form, which has not been read yet. Text fields that are not listed are rejected. */
export const UploadedImage = createParamDecorator(
  (fields: string[] | undefined, context: ExecutionContext): UploadReader => {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    return () => {
      countLargeBody(http.getResponse<FastifyReply>());
      return readForm(request, IMAGE, fields ?? []);
    };
  },
);

/** Accepts multipart forms on upload routes and rejects them on all others. */
export async function acceptUploads(fastify: FastifyInstance): Promise<void> {
  await fastify.register(multipart, {
    limits: {
      fileSize: IMAGE_BYTES - 1,
      files: 1,
      fields: MAX_FIELDS,
      parts: 8,
      fieldSize: 1024,
      headerPairs: 50,
    },
    // A part without a file name is a file if it has an image's field name or content type.
    isPartAFile: (field, type, name) =>
      name !== undefined || field === 'image' || /^(image\/|application\/octet-stream)/i.test(type ?? ''),
  });
  fastify.addHook('preParsing', (request, _reply, payload, next) => {
    const { multipart: form, bodyBytes = IMAGE_BODY_LIMIT } = request.routeOptions.config as {
      multipart?: object;
      bodyBytes?: number;
    };
    const takesForms = form !== undefined;
    const { 'content-type': type, 'content-length': length } = request.headers;
    const isForm = /^multipart\/form-data\b/i.test(type ?? '');
    if (hasBody(request) && isForm !== takesForms) {
      // A body without a length may be empty: the parser of unknown types refuses it at its first byte.
      if (isForm && length === undefined) delete request.headers['content-type'];
      // The body parsers distinguish JSON from unknown types.
      else if (isForm || type !== undefined) return next(unsupportedMediaType());
    }
    if (takesForms && Number(length ?? 0) > bodyBytes) return next(payloadTooLarge());
    return next(null, payload);
  });
}

/** Reads a form to its end. @param known the names of its text fields; others are rejected */
export async function readForm(
  request: FastifyRequest,
  field: FileField,
  known: readonly string[],
): Promise<UploadForm> {
  const { multipart: form } = request.routeOptions.config as { multipart?: { needs: readonly string[] } };
  let sent: CollectedForm = { file: null, fields: {}, problems: [] };
  try {
    if (request.isMultipart())
      sent = await Promise.race([collect(request, field, known), rejectOnDisconnect(request)]);
  } catch (error) {
    throw toUploadError(error, field);
  }
  const { file, fields, problems } = sent;
  const absent = (form?.needs ?? []).filter((name) =>
    name === field.name ? file === null : !fields[name]?.trim(),
  );
  if (absent.length > 0) throw badRequest(absent.map((name) => missing(name)));
  if (problems.length > 0) throw badRequest(problems);
  return { file, fields };
}

/** Reads the whole form, because missing fields are reported before invalid ones. */
async function collect(
  request: FastifyRequest,
  field: FileField,
  known: readonly string[],
): Promise<CollectedForm> {
  let file: Upload | null = null;
  const fields: Record<string, string> = {};
  const problems: Problem[] = [];
  const limits = { fileSize: field.maxBytes, fields: Math.max(MAX_FIELDS, known.length) };
  for await (const part of request.parts({ limits })) {
    const { fieldname: name } = part;
    if (part.type === 'file') {
      const bytes = await part.toBuffer();
      // Browsers send this for a field without a chosen file.
      if (bytes.length === 0 && !part.filename) continue;
      const isText = part.filename === undefined && part.mimetype.startsWith('text/');
      if (isText && imageFormat(bytes) === null) {
        problems.push(invalid(name, 'must be a file'));
        continue;
      }
      if (name !== field.name) problems.push(invalid(name, 'should not exist'));
      else if (file !== null) problems.push(invalid(name, 'must be one file'));
      else file = { name: sanitizeFileName(part.filename), bytes };
    } else if (name === field.name) problems.push(invalid(name, 'must be a file'));
    else if (!known.includes(name)) problems.push(invalid(name, 'should not exist'));
    else if (Object.hasOwn(fields, name)) problems.push(invalid(name, 'must be sent once'));
    else fields[name] = String(part.value);
  }
  return { file, fields, problems };
}

/** Rejects when the client disconnects during the upload: the parser would wait for the rest forever. */
function rejectOnDisconnect({ raw }: FastifyRequest): Promise<never> {
  const broken = new Promise<never>((_, reject) => {
    const check = () => {
      if (!raw.complete) reject(new Error('The client disconnected during the upload'));
    };
    if (raw.destroyed) check();
    else raw.once('close', check);
  });
  broken.catch(() => undefined);
  return broken;
}

/** Converts errors of the form parser to client errors. */
function toUploadError(error: unknown, field: FileField): AppError {
  if (error instanceof AppError) return error;
  const { code } = error as { code?: string };
  if (code === 'FST_REQ_FILE_TOO_LARGE') return payloadTooLarge({ cause: error });
  return badRequest([invalid(field.name, 'must be one file of a well-formed form')], error);
}

/** The last segment of a file name, without characters that have a meaning in markup or paths. */
function sanitizeFileName(name: string | undefined): string {
  const last = (name ?? '').normalize('NFC').toWellFormed().split(/[\\/]/).at(-1) ?? '';
  const plain = last
    // Browsers encode quotation marks and line breaks in file names like this.
    .replace(/%(22|0d|0a)/gi, '')
    .replace(/[\p{Cc}\p{Cf}<>"'&:|?*]/gu, '')
    .trim()
    .replace(/^\.+/, '');
  return [...plain].slice(0, 255).join('') || 'image';
}
