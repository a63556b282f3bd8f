import { ByteLimit } from '../files/limits.js';
import type { Format } from '../format.js';
import { archiveRows, NAMES } from './archive.js';
import { csvRows, isOwnCsv } from './csv.js';

/** The exports of this service: the archive, and the CSV file. */
export const tankobon: Format = {
  name: 'tankobon',
  recognizes: ({ text }) => isOwnCsv(text),
  rows: (file) => csvRows(file, new ByteLimit()),
  archive: {
    recognizes: (names) => NAMES.filter((name) => names.has(name)).length > 1,
    rows: archiveRows,
  },
};
