import type { CardDetails } from '../catalog/read-model.entity.js';
import { fileName } from '../images/image-files.js';
import { presentEntry } from '../reading-history/reading-history.presenter.js';
import type { ItemRow, RatingRow, ReadRow } from './export-statements.js';
import type { EntryWithReads, Picture } from './export.repository.js';

interface SeriesColumns {
  readonly series_id: number;
  readonly series_external_id: string;
  readonly series_name: string;
  readonly series_type: string;
  readonly series_links: CardDetails['links'];
}

/** The series of a line, with everything that an import can recognize it by. */
function lineOfSeries(row: SeriesColumns) {
  return {
    id: row.series_id,
    external_id: row.series_external_id,
    name: row.series_name,
    type: row.series_type,
    links: row.series_links,
  };
}

/** A line of `entries.jsonl`. */
export function lineOfEntry(row: EntryWithReads) {
  const { user_id: _, series_id: __, ...entry } = presentEntry(row);
  return { series: lineOfSeries(row), ...entry, reads: row.reads.map(lineOfRead) };
}

function lineOfRead(row: ReadRow) {
  return {
    status: row.status,
    start: row.start,
    end: row.end,
    chapters: row.chapters,
    volumes: row.volumes,
    score: row.score,
    notes: row.notes,
  };
}

/** A line of `ratings.jsonl`. */
export function lineOfRating(row: RatingRow) {
  return { series: lineOfSeries(row), rating: row.rating };
}

/** A line of `items.jsonl`. */
export function lineOfItem(row: ItemRow) {
  return {
    series: lineOfSeries(row),
    volume: {
      id: row.volume_id,
      external_id: row.volume_external_id,
      name: row.volume_name,
      group_order: row.group_order,
      language: row.language,
      isbn10: row.isbn10,
      isbn13: row.isbn13,
    },
    state: row.state,
    buy_date: row.buy_date,
    price: row.price,
    currency: row.currency,
    condition: row.condition,
    place: row.place,
    notes: row.notes,
    client: row.client_id,
  };
}

/** A line of `pictures.jsonl`. */
export function lineOfPicture(picture: Picture) {
  const { kind, id, name, uploaded } = picture;
  return { file: pictureFile(picture), kind, id, name, uploaded };
}

/** The name of a picture in the archive. */
export function pictureFile({ kind, id, format }: Picture): string {
  return `pictures/${kind === 'avatar' ? fileName(kind, format) : `photos/${fileName(String(id), format)}`}`;
}
