import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import { BodyLimit } from '../limits/body-limit.js';
import { success } from '../http/families.js';
import { ApiRoute } from '../openapi/api-route.js';
import { pagePosition } from '../http/page.js';
import type { ResponseDto } from '../http/response.dto.js';
import { HistoryPageDto, HistoryQuery, ReadingEntryDto, SaveReadingEntryDto } from './reading-history.dto.js';
import { readingStatusExists, readingStatusMissing } from './reading-history.errors.js';
import { presentEntry, presentHistorySeries } from './reading-history.presenter.js';
import { ReadingHistoryService } from './reading-history.service.js';
import { SeriesId } from '../catalog/path-parameters.js';
import { ValidBody, ValidQuery } from '../http/input.js';

const ADDED = 'Reading status added successfully';
const UPDATED = 'Reading status updated successfully';
const DELETED = 'Reading status deleted successfully';
/** Bytes of a body: enough for notes of 10,000 characters in any script. */
const NOTES_LIMIT = 192 * 1024;

@ApiTags('Reading history')
@Controller('user')
export class ReadingHistoryController {
  constructor(private readonly history: ReadingHistoryService) {}

  @Get('reading-history')
  @SignedIn()
  @ApiRoute({ id: 'readingHistoryList', summary: 'List your reading history', response: HistoryPageDto })
  async list(@CurrentViewer() viewer: Viewer, @ValidQuery() query: HistoryQuery): Promise<HistoryPageDto> {
    const { total, rows } = await this.history.list(viewer.userId, query);
    return { series: rows.map(presentHistorySeries), ...pagePosition(query, rows.length, total) };
  }

  @Get('reading-status/id/:id')
  @SignedIn()
  @ApiRoute({
    id: 'readingStatusGet',
    summary: 'Get your entry of a series, or null',
    response: ReadingEntryDto,
    nullable: true,
    errors: [seriesNotFound],
  })
  async get(
    @CurrentViewer() viewer: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
  ): Promise<ReadingEntryDto | null> {
    const entry = await this.history.find(viewer.userId, id);
    return entry && presentEntry(entry);
  }

  @Post('reading-status/add/:id')
  @SignedIn()
  @BodyLimit(NOTES_LIMIT)
  @ApiRoute({
    id: 'readingStatusAdd',
    summary: 'Add a series to your reading history',
    message: ADDED,
    errors: [seriesNotFound, readingStatusExists],
  })
  async add(
    @CurrentViewer() viewer: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
    @ValidBody() entry: SaveReadingEntryDto,
  ): Promise<ResponseDto> {
    await this.history.add(viewer.userId, id, entry);
    return success(ADDED);
  }

  @Post('reading-status/update/:id')
  @SignedIn()
  @BodyLimit(NOTES_LIMIT)
  @ApiRoute({
    id: 'readingStatusUpdate',
    summary: 'Replace your entry of a series',
    message: UPDATED,
    errors: [readingStatusMissing],
  })
  async update(
    @CurrentViewer() viewer: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
    @ValidBody() entry: SaveReadingEntryDto,
  ): Promise<ResponseDto> {
    await this.history.update(viewer.userId, id, entry);
    return success(UPDATED);
  }

  @Delete('reading-status/delete/:id')
  @SignedIn()
  @ApiRoute({
    id: 'readingStatusDelete',
    summary: 'Delete your entry of a series',
    message: DELETED,
    errors: [readingStatusMissing],
  })
  async delete(
    @CurrentViewer() viewer: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
  ): Promise<ResponseDto> {
    await this.history.delete(viewer.userId, id);
    return success(DELETED);
  }
}
