import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { SeriesId } from '../catalog/path-parameters.js';
import { type IfMatch, IfMatchHeader } from '../http/entity-tags.js';
import { ValidBody } from '../http/input.js';
import { BodyLimit } from '../limits/body-limit.js';
import { Idempotent } from '../idempotency/idempotent.js';
import { ApiRoute } from '../openapi/api-route.js';
import { NOTES_LIMIT } from '../limits/notes-limit.js';
import { ReadId } from './path-parameters.js';
import { ReadingEntryDto } from './reading-entry.dto.js';
import { readingStatusChanged, readingStatusMissing } from './reading-history.errors.js';
import { presentEntry } from './reading-history.presenter.js';
import { CreateReadDto, ReadDto, ReadsDto, RestartDto, UpdateReadDto } from './reads.dto.js';
import { readIsCurrent, readNotBegun, readNotFound } from './reads.errors.js';
import { tooManyReads } from '../reader-log/events.errors.js';
import { ReadsService } from './reads.service.js';

@ApiTags('Reading history')
@Controller('user/reading-status/:id')
export class ReadsController {
  constructor(private readonly reads: ReadsService) {}

  @Get('reads')
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'readsList',
    summary: 'List the times that you have read a series',
    response: ReadsDto,
    errors: [readingStatusMissing],
  })
  async list(@CurrentViewer() { userId }: Viewer, @SeriesId() id: number): Promise<ReadsDto> {
    return { reads: await this.reads.list(userId, id) };
  }

  @Post('restart')
  @SignedIn({ scope: 'write-history' })
  @Idempotent()
  @ApiRoute({
    id: 'readsRestart',
    summary: 'Begin to read a series again',
    description:
      'Stores the values of the entry as a former read, and resets it: `started`, counters 0, no `end`. Visibility, priority, score and notes stay.',
    response: ReadingEntryDto,
    errors: [readingStatusChanged, readingStatusMissing, readNotBegun, tooManyReads],
  })
  async restart(
    @CurrentViewer() viewer: Viewer,
    @SeriesId() id: number,
    @IfMatchHeader() condition: IfMatch | null,
    @ValidBody() restart: RestartDto,
  ): Promise<ReadingEntryDto> {
    return presentEntry(await this.reads.restart(viewer, id, restart, condition));
  }

  @Post('reads')
  @SignedIn({ scope: 'write-history' })
  @Idempotent()
  @BodyLimit(NOTES_LIMIT)
  @ApiRoute({
    id: 'readsAdd',
    summary: 'Add a former read of a series',
    status: 201,
    response: ReadDto,
    errors: [readingStatusChanged, readingStatusMissing, tooManyReads],
  })
  async add(
    @CurrentViewer() viewer: Viewer,
    @SeriesId() id: number,
    @IfMatchHeader() condition: IfMatch | null,
    @ValidBody() read: CreateReadDto,
  ): Promise<ReadDto> {
    return this.reads.add(viewer, id, read, condition);
  }

  @Patch('reads/:read')
  @SignedIn({ scope: 'write-history' })
  @BodyLimit(NOTES_LIMIT)
  @ApiRoute({
    id: 'readsUpdate',
    summary: 'Change a former read of a series',
    description: 'The current read is changed through the entry.',
    response: ReadDto,
    errors: [readingStatusChanged, readingStatusMissing, readNotFound, readIsCurrent],
  })
  async update(
    @CurrentViewer() viewer: Viewer,
    @SeriesId() id: number,
    @ReadId() read: number,
    @IfMatchHeader() condition: IfMatch | null,
    @ValidBody() changes: UpdateReadDto,
  ): Promise<ReadDto> {
    return this.reads.update(viewer, id, read, changes, condition);
  }

  @Delete('reads/:read')
  @SignedIn({ scope: 'write-history' })
  @ApiRoute({
    id: 'readsDelete',
    summary: 'Delete a former read of a series',
    status: 204,
    errors: [readingStatusChanged, readingStatusMissing, readNotFound, readIsCurrent],
  })
  async delete(
    @CurrentViewer() viewer: Viewer,
    @SeriesId() id: number,
    @ReadId() read: number,
    @IfMatchHeader() condition: IfMatch | null,
  ): Promise<void> {
    await this.reads.delete(viewer, id, read, condition);
  }
}
