import { Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import { BodyLimit } from '../limits/body-limit.js';
import { success } from '../http/families.js';
import { Idempotent } from '../idempotency/idempotent.js';
import { ApiRoute } from '../openapi/api-route.js';
import { pagePosition } from '../http/page.js';
import { answerVersioned, type IfMatch, IfMatchHeader } from '../http/entity-tags.js';
import { EntryAnswerDto, ReadingEntryDto, SaveReadingEntryDto } from './reading-entry.dto.js';
import { HistoryPageDto, HistoryQuery } from './reading-history.dto.js';
import { ProgressDto } from './progress.dto.js';
import { ADDED, DELETED, UPDATED } from './reading-history.messages.js';
import { NOTES_LIMIT } from '../limits/notes-limit.js';
import { readingStatusChanged, readingStatusExists, readingStatusMissing } from './reading-history.errors.js';
import { presentEntry, presentHistorySeries } from './reading-history.presenter.js';
import { ReadingHistoryService } from './reading-history.service.js';
import { SeriesId } from '../catalog/path-parameters.js';
import { ValidBody, ValidQuery } from '../http/input.js';

@ApiTags('Reading history')
@Controller('user')
export class ReadingHistoryController {
  constructor(private readonly history: ReadingHistoryService) {}

  @Get('reading-history')
  @SignedIn({ scope: 'read' })
  @ApiRoute({ id: 'readingHistoryList', summary: 'List your reading history', response: HistoryPageDto })
  async list(@CurrentViewer() viewer: Viewer, @ValidQuery() query: HistoryQuery): Promise<HistoryPageDto> {
    const { total, counts, rows } = await this.history.list(viewer.userId, query);
    return { series: rows.map(presentHistorySeries), counts, ...pagePosition(query, rows.length, total) };
  }

  @Get('reading-status/id/:id')
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'readingStatusGet',
    summary: 'Get your entry of a series, or null',
    response: ReadingEntryDto,
    nullable: true,
    conditional: true,
    errors: [seriesNotFound],
  })
  async get(
    @CurrentViewer() viewer: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReadingEntryDto | null | undefined> {
    const entry = await this.history.find(viewer.userId, id);
    return answerVersioned(request, reply, entry && presentEntry(entry));
  }

  @Post('reading-status/add/:id')
  @SignedIn({ scope: 'write-history' })
  @Idempotent()
  @BodyLimit(NOTES_LIMIT)
  @ApiRoute({
    id: 'readingStatusAdd',
    summary: 'Add a series to your reading history',
    message: ADDED,
    response: EntryAnswerDto,
    errors: [seriesNotFound, readingStatusExists],
  })
  async add(
    @CurrentViewer() viewer: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
    @ValidBody() entry: SaveReadingEntryDto,
  ): Promise<EntryAnswerDto> {
    return { ...success(ADDED), entry: presentEntry(await this.history.add(viewer, id, entry)) };
  }

  @Post('reading-status/update/:id')
  @SignedIn({ scope: 'write-history' })
  @Idempotent()
  @BodyLimit(NOTES_LIMIT)
  @ApiRoute({
    id: 'readingStatusUpdate',
    summary: 'Replace your entry of a series',
    description: 'The body replaces the entry. A counter that it does not name keeps its value.',
    message: UPDATED,
    response: EntryAnswerDto,
    errors: [readingStatusChanged, readingStatusMissing],
  })
  async update(
    @CurrentViewer() viewer: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
    @IfMatchHeader() condition: IfMatch | null,
    @ValidBody() entry: SaveReadingEntryDto,
  ): Promise<EntryAnswerDto> {
    const updated = await this.history.update(viewer, id, entry, condition);
    return { ...success(UPDATED), entry: presentEntry(updated) };
  }

  @Delete('reading-status/delete/:id')
  @SignedIn({ scope: 'write-history' })
  @ApiRoute({
    id: 'readingStatusDelete',
    summary: 'Delete your entry of a series',
    message: DELETED,
    response: EntryAnswerDto,
    errors: [readingStatusChanged, readingStatusMissing],
  })
  async delete(
    @CurrentViewer() viewer: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
    @IfMatchHeader() condition: IfMatch | null,
  ): Promise<EntryAnswerDto> {
    await this.history.delete(viewer, id, condition);
    return { ...success(DELETED), entry: null };
  }

  @Post('reading-status/progress/:id')
  @SignedIn({ scope: 'write-history' })
  @Idempotent()
  @ApiRoute({
    id: 'readingStatusProgress',
    summary: 'Change a counter of your entry of a series',
    description:
      'Adds a private entry if there is none. A counter that grows makes a planned, paused or dropped entry a started one. A command that changes nothing succeeds, and the version stays.',
    response: ReadingEntryDto,
    errors: [seriesNotFound, readingStatusChanged],
  })
  async progress(
    @CurrentViewer() viewer: Viewer,
    @SeriesId() id: number,
    @IfMatchHeader() condition: IfMatch | null,
    @ValidBody() command: ProgressDto,
  ): Promise<ReadingEntryDto> {
    return presentEntry(await this.history.progress(viewer, id, command, condition));
  }
}
