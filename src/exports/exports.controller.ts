import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { ValidQuery } from '../http/input.js';
import { noFileUploads } from '../images/images.errors.js';
import { ApiRoute } from '../openapi/api-route.js';
import { ExportQuery } from './exports.dto.js';
import { ExportsService } from './exports.service.js';

@ApiTags('Export')
@Controller('user/export')
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  @Get()
  @SignedIn()
  @ApiRoute({
    id: 'exportGet',
    summary: 'Export your data',
    description:
      'A zip archive of JSON Lines with their JSON Schemas, or your entries as XML or CSV. The data are those of one point in time. The last file of the archive is `manifest.json`; an archive without it is incomplete. One export at a time and 5 an hour. The connection is closed after about two minutes in which the client reads nothing, and after an hour.',
    file: {
      'application/zip': 'tankobon-2026-01-31.zip',
      'application/xml': 'tankobon-myanimelist-2026-01-31.xml',
      'text/csv': 'tankobon-2026-01-31.csv',
    },
    errors: [noFileUploads],
  })
  async get(
    @CurrentViewer() { userId }: Viewer,
    @ValidQuery() query: ExportQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const { stream, type, name, length } = await this.exports.start(userId, query, gone.signal);
    reply.headers({
      'content-type': type,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'private, no-store',
      ...(length === null ? {} : { 'content-length': length }),
    });
    reply.send(stream);
  }
}
