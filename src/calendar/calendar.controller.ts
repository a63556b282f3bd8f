import { Controller, Delete, Get, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentViewer, Public, SignedIn, type Viewer } from '../access/access.js';
import { presentVolume } from '../catalog/volume-projection.js';
import { accountSuspended, unauthorized } from '../http/app-error.js';
import { ValidQuery } from '../http/input.js';
import { Idempotent } from '../idempotency/idempotent.js';
import { ApiRoute } from '../openapi/api-route.js';
import { CalendarDto, CalendarQuery, CalendarSubscriptionDto, SubscriptionQuery } from './calendar.dto.js';
import { CalendarService } from './calendar.service.js';

@ApiTags('Calendar')
@Controller('user')
export class CalendarController {
  constructor(private readonly calendar: CalendarService) {}

  @Get('calendar')
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'calendarGet',
    summary: 'List what comes out of your series',
    description:
      'Volumes by release date, of series of which you have an item, or an entry that is neither dropped nor completed. They are in the languages of the volumes that you own; without any, in the language of your settings, else in all languages.',
    response: CalendarDto,
  })
  async get(@CurrentViewer() { userId }: Viewer, @ValidQuery() query: CalendarQuery): Promise<CalendarDto> {
    const { rows, hasMore } = await this.calendar.releases(userId, query);
    return { volumes: rows.map(presentVolume), more: hasMore };
  }

  @Post('calendar/secret')
  @SignedIn()
  @Idempotent()
  @ApiRoute({
    id: 'calendarSecretCreate',
    summary: 'Make the address of your calendar for other programs',
    description: 'A new address ends the former one. It is shown once; a reset of the password ends it, too.',
    status: 201,
    response: CalendarSubscriptionDto,
  })
  async createSecret(@CurrentViewer() { userId }: Viewer): Promise<CalendarSubscriptionDto> {
    return { url: await this.calendar.createSecret(userId) };
  }

  @Delete('calendar/secret')
  @SignedIn()
  @ApiRoute({ id: 'calendarSecretDelete', summary: 'End the address of your calendar', status: 204 })
  async deleteSecret(@CurrentViewer() { userId }: Viewer): Promise<void> {
    await this.calendar.deleteSecret(userId);
  }

  @Get('calendar.ics')
  @Public()
  @ApiRoute({
    id: 'calendarSubscribe',
    summary: 'Get a calendar as iCalendar',
    description:
      'For programs that subscribe to the calendar: the releases of the next 366 days, at most 60 requests an hour. The token is the only credential.',
    file: { 'text/calendar': 'tankobon.ics' },
    errors: [unauthorized, accountSuspended],
  })
  async subscribe(@ValidQuery() { token }: SubscriptionQuery, @Res() reply: FastifyReply): Promise<void> {
    const calendar = await this.calendar.subscribed(token);
    reply
      .headers({
        'content-type': 'text/calendar; charset=utf-8',
        'content-disposition': 'attachment; filename="tankobon.ics"',
        'cache-control': 'private, no-store',
      })
      .send(calendar);
  }
}
