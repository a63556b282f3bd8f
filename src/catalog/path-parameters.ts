import { type BlankId, IntegerId } from '../http/ids.js';

/** The id of a series in the path. */
export const SeriesId = (blank: BlankId = {}) =>
  IntegerId({ ...blank, description: 'Id of the series, as lists of series answer it.' });

/** The id of a volume in the path. */
export const VolumeId = (blank: BlankId = {}) =>
  IntegerId({ ...blank, description: 'Id of the volume: one edition of one book of a series.' });
