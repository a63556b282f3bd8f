import type { EventRow } from './event-statements.js';
import type { EventDto } from './events.dto.js';
import type { EventFields } from './reader-event.entity.js';

/** An event of a reader's log. */
export function presentEvent(userId: string, row: EventRow): EventDto {
  return {
    id: row.number,
    at: row.at,
    kind: row.kind,
    action: row.action,
    series_id: row.series_id,
    volume_id: row.volume_id,
    client: row.client_id,
    device: row.device,
    token_id: row.token_id,
    origin: { type: row.origin, id: row.origin_id },
    before: presentFields(userId, row, row.before),
    after: presentFields(userId, row, row.after),
  };
}

/** A whole resource also has the fields that the columns of the event contain. */
function presentFields(userId: string, row: EventRow, fields: EventFields | null) {
  if (fields === null || row.action === 'update') return fields;
  const { series_id, resource_id: id } = row;
  if (row.kind === 'item') return fields;
  if (row.kind === 'read') return { id, ...fields };
  if (row.kind === 'rating') return { ...fields, user_id: userId, series_id };
  // The id of the current read is what an undo restores; entries do not show it.
  const { read_id: _, ...shown } = fields;
  const versions = row.action === 'add' ? { version: row.number, last_update: row.at } : {};
  return { user_id: userId, series_id, ...versions, ...shown };
}
