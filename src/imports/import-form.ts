import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseId } from '../http/ids.js';
import { badRequest, invalid, type Problem } from '../http/problems.js';
import { RouteOption } from '../http/route-option.js';
import { readForm, type Upload } from '../images/upload.js';
import { countLargeBody } from '../limits/body-limit.js';
import type { Visibility } from '../reading-history/entry-fields.js';
import { VISIBILITIES } from '../reading-history/reading-entry.entity.js';
import { type FormatName, FORMATS } from './formats/imported-row.js';
import { CreateImportDto, SCALES } from './imports.dto.js';
import { type Strategy, STRATEGIES } from './planning/plan-entry.js';

/** Maximum bytes of an imported file. */
const FILE_BYTES = 20_000_000;
/** Maximum bytes of the form, with its other fields and their headers. */
const BODY_BYTES = FILE_BYTES + 64 * 1024;

const BOOLEANS = ['true', 'false'] as const;

/** A file, and how it is imported. */
export interface ImportForm {
  readonly file: Buffer;
  readonly client: number;
  /** Null to recognize it. */
  readonly format: FormatName | null;
  readonly strategy: Strategy;
  readonly visibility: Visibility;
  readonly scale: number | null;
  readonly keepExtras: boolean;
}

/** Reads the form. Called after all checks that do not need it. */
export type ImportFormReader = () => Promise<ImportForm>;

/** The text fields of the form. */
const FIELDS = ['client', 'format', 'strategy', 'visibility', 'scale', 'keep_extras'];

/** Declares that the request body is a form with a file of another tracker and the options of its import. */
export function TakesImport(): MethodDecorator {
  const needs = ['file', 'client'];
  return applyDecorators(
    RouteOption({ multipart: { needs }, bodyBytes: BODY_BYTES }),
    ApiConsumes('multipart/form-data'),
    ApiBody({ type: CreateImportDto }),
  );
}

/** Injects the reader of the form, which has not been read yet. */
export const UploadedImport = createParamDecorator(
  (_: unknown, context: ExecutionContext): ImportFormReader => {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    return async () => {
      countLargeBody(http.getResponse<FastifyReply>());
      const { file, fields } = await readForm(request, { name: 'file', maxBytes: FILE_BYTES }, FIELDS);
      return parseForm(file as Upload, fields);
    };
  },
);

function parseForm({ bytes: file }: Upload, fields: Readonly<Record<string, string>>): ImportForm {
  const problems: Problem[] = [];
  const choice = <Value extends string>(name: string, values: readonly Value[]): Value | null => {
    const text = fields[name]?.trim() ?? '';
    if (text === '') return null;
    if (!(values as readonly string[]).includes(text)) {
      problems.push(invalid(name, `must be one of ${values.join(', ')}`));
    }
    return text as Value;
  };
  const client = parseId(fields['client']?.trim() ?? '');
  if (client === null) problems.push(invalid('client', 'must be a positive integer'));
  const format = choice('format', FORMATS);
  const strategy = choice('strategy', STRATEGIES) ?? 'furthest';
  const visibility = choice('visibility', VISIBILITIES) ?? 'private';
  const scale = choice('scale', SCALES);
  const keepExtras = choice('keep_extras', BOOLEANS) === 'true';
  if (problems.length > 0) throw badRequest(problems);
  return {
    file,
    client: client ?? 0,
    format,
    strategy,
    visibility,
    scale: scale === null ? null : Number(scale),
    keepExtras,
  };
}
