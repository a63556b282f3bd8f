import { ICalCalendar, ICalCalendarMethod } from 'ical-generator';
import type { VolumeRow } from '../catalog/volume-projection.js';

/**
 * Interval in seconds at which programs should read the calendar (REFRESH-INTERVAL); 60 requests an hour are allowed.
 */
const REFRESH = 12 * 60 * 60;

/**
 * Releases as iCalendar (RFC 5545): an all-day event for each volume. The ids of events are the same in every calendar,
 * so that a program moves the event when a release moves.
 *
 * @param host of the service, which makes ids unique
 * @param today the time of the calendar, so that it changes once a day
 */
export function toICalendar(rows: readonly VolumeRow[], host: string, today: string): string {
  const calendar = new ICalCalendar({
    name: 'Tankobon',
    prodId: { company: 'Tankobon', product: 'Releases', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: REFRESH,
  });
  for (const row of rows) {
    if (row.release_date === null) continue;
    calendar.createEvent({
      id: `volume-${row.id}@${host}`,
      start: dayOf(row.release_date),
      // The end of an event is exclusive.
      end: new Date(dayOf(row.release_date).getTime() + 24 * 60 * 60_000),
      allDay: true,
      timezone: 'UTC',
      stamp: dayOf(today),
      summary: `${row.series_alias}: ${row.name}`,
      description: detailsOf(row),
    });
  }
  // The generator leaves out the line break that ends the last line.
  return `${calendar.toString()}\r\n`;
}

function dayOf(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}

function detailsOf({ edition_name, language, publisher, isbn13, isbn10 }: VolumeRow): string {
  const isbn = isbn13 ?? isbn10;
  return [edition_name, publisher, `Language: ${language}`, isbn === null ? null : `ISBN ${isbn}`]
    .filter((part) => part !== null)
    .join('\n');
}
