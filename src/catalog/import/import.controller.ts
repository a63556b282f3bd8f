import type { Readable } from 'node:stream';
import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentViewer, RequirePermission, type Viewer } from '../../access/access.js';
import { StreamedBody } from '../../limits/body-limit.js';
import { ApiRoute } from '../../openapi/api-route.js';
import { ImportReportDto } from './import.dto.js';
import { IMPORT_BYTES, ImportService } from './import.service.js';

/** What a file may be sent as. Generated clients take the first, and send its bytes as they are. */
const TYPES = ['application/octet-stream', 'application/x-ndjson', 'application/gzip'];

/** docs/catalog-format.md describes all fields; data/catalog-line.schema.json is their schema. */
const EXAMPLE =
  'Newline-delimited JSON, gzipped or not: a series with its volumes a line. A line has `kind` (`series`), `external_id`, `name`, `type`, `origin`, `titles` (of `language` and `title`), `tags`, and may have `descriptions`, `authors`, `links` (of `mal`, `anilist`, `kitsu`, `mangaupdates`, `mangadex`), `client` (the id of the client that alone shows it), `public`, `slug`, `nsfw`, `nsfw18` and `volumes` (each with `external_id`, `name`, `order`, `language`, and what else is known). For example: `{"kind":"series","external_id":"mine:1","name":"One Piece","type":"Manga","origin":"Japanese","titles":[{"language":"ja","title":"ワンピース"}],"tags":["Adventure"],"volumes":[{"external_id":"mine:1:1","name":"Volume 1","order":1,"language":"ja"}]}`';

@ApiTags('Catalog')
@Controller('admin/catalog')
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Post('import')
  @RequirePermission('manage-catalog')
  @StreamedBody(TYPES, IMPORT_BYTES)
  @ApiBody({
    required: true,
    schema: { type: 'string', format: 'binary' },
    description: EXAMPLE,
  })
  @ApiRoute({
    id: 'catalogImport',
    summary: 'Import series and volumes',
    description:
      'Up to 50 MB, 500 MB unpacked. Lines that cannot be stored are refused one by one, the others are stored together; of a file with more than 1,000 refused lines, or a damaged one, nothing is. The same `external_id` is the same series: importing a file again changes nothing.',
    response: ImportReportDto,
  })
  async run(
    @CurrentViewer() viewer: Viewer,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportReportDto> {
    // It may take longer than a silent connection is kept.
    reply.raw.setTimeout(0, () => undefined);
    // A file that is refused while it is read must not stop the reading: its sender would never see the answer.
    const body = (request.body as Readable | undefined)?.iterator({ destroyOnReturn: false });
    return this.imports.run(viewer, body ?? null);
  }
}
