import { type BlankId, IntegerId } from '../http/ids.js';
import { FromPath } from '../http/input.js';

/** The id of a series in the path. */
export const SeriesId = (blank: BlankId = {}) =>
  IntegerId({ ...blank, description: 'Id of the series, as lists of series answer it.' });

/** The id of a volume in the path. */
export const VolumeId = (blank: BlankId = {}) =>
  IntegerId({ ...blank, description: 'Id of the volume: one edition of one book of a series.' });

/**
 * The slug of a series in the path. It is not validated: a slug that no series has is a 404. PostgreSQL refuses one
 * with U+0000 (`%00`), which is a 400.
 */
export const SeriesSlug = () =>
  FromPath({
    name: 'slug',
    description: 'The name of the series for readable URLs, as lists of series answer it.',
    schema: { type: 'string', example: 'one-piece' },
  });
