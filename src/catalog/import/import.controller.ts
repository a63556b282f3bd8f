import type { Readable } from 'node:stream';
import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentViewer, RequirePermission, type Viewer } from '../../access/access.js';
import { StreamedBody } from '../../limits/body-limit.js';
import { ApiRoute } from '../../openapi/api-route.js';
import { ImportReportDto } from './import.dto.js';
import { IMPORT_BYTES, ImportService } from './import.service.js';

/** Media types of the body. Generated clients use the first one, and do not transform its bytes. */
const TYPES = ['application/octet-stream', 'application/x-ndjson', 'application/gzip'];

/** Description of the body; the full format is in docs/catalog-format.md and data/catalog-line.schema.json. */
const EXAMPLE =
  'Newline-delimited JSON, gzipped or not: one series with its volumes per line. A line has `kind` (`series`), `external_id`, `name`, `type`, `origin`, `titles` (of `language` and `title`), `tags`, and may have `descriptions`, `authors`, `links` (of `mal`, `anilist`, `kitsu`, `mangaupdates`, `mangadex`), `client` (the id of the only client whose catalog has the series), `public`, `slug`, `nsfw`, `nsfw18` and `volumes` (each with `external_id`, `name`, `order`, `language`, and optional fields). For example: `{"kind":"series","external_id":"mine:1","name":"One Piece","type":"Manga","origin":"Japanese","titles":[{"language":"ja","title":"ワンピース"}],"tags":["Adventure"],"volumes":[{"external_id":"mine:1:1","name":"Volume 1","order":1,"language":"ja"}]}`';

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
      'Up to 50 MB, 500 MB unpacked. Lines that cannot be stored are refused one by one; all others are stored in one transaction. Nothing is stored of a damaged file or of one with more than 1,000 refused lines. Series are identified by `external_id`: importing a file again changes nothing.',
    response: ImportReportDto,
  })
  async run(
    @CurrentViewer() viewer: Viewer,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportReportDto> {
    // An import may take longer than the socket's idle time-out.
    reply.raw.setTimeout(0, () => undefined);
    // If the file is refused early, the rest of the body must still be read: else the client may not get the response.
    const body = (request.body as Readable | undefined)?.iterator({ destroyOnReturn: false });
    return this.imports.run(viewer, body ?? null);
  }
}
