import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { forbidden } from '../http/app-error.js';
import { ValidBody, ValidQuery } from '../http/input.js';
import { Idempotent } from '../idempotency/idempotent.js';
import { LimitUser } from '../limits/user-limit.js';
import { ApiRoute } from '../openapi/api-route.js';
import { EventPageDto, EventsQuery, UndoDto, UndoResultDto } from './events.dto.js';
import { changedSince, eventNotFound, tooLateToUndo, tooManyReads } from './events.errors.js';
import { EventsService } from './events.service.js';
import { EventId } from './path-parameters.js';

@ApiTags('Log')
@Controller('user/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'eventsList',
    summary: 'List the changes of your entries, reads, ratings and items',
    description: 'Newest first; kept for 90 days.',
    response: EventPageDto,
  })
  async list(@CurrentViewer() { userId }: Viewer, @ValidQuery() query: EventsQuery): Promise<EventPageDto> {
    return this.events.list(userId, query);
  }

  @Post('undo')
  @SignedIn()
  @LimitUser('undo')
  @Idempotent()
  @ApiRoute({
    id: 'eventsUndoOrigin',
    summary: 'Undo a bulk, an import or an undo',
    description:
      'Restores the former values, newest change first, where the resource has not been changed since by another origin. The undo is in the log and can be undone.',
    response: UndoResultDto,
    errors: [eventNotFound, tooLateToUndo],
  })
  async undoOrigin(
    @CurrentViewer() { userId }: Viewer,
    @ValidBody() { origin }: UndoDto,
  ): Promise<UndoResultDto> {
    return this.events.undoOrigin(userId, origin);
  }

  @Post(':id/undo')
  @SignedIn()
  @LimitUser('undo')
  @Idempotent()
  @ApiRoute({
    id: 'eventsUndo',
    summary: 'Undo a change',
    description:
      'Restores the values before the change, unless the resource has been changed since by another origin. Undoing a rating needs the permission `rate-series`.',
    response: UndoResultDto,
    errors: [forbidden, eventNotFound, tooLateToUndo, changedSince, tooManyReads],
  })
  async undo(@CurrentViewer() { userId }: Viewer, @EventId() id: number): Promise<UndoResultDto> {
    return this.events.undo(userId, id);
  }
}
