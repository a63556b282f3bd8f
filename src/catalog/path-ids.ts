import { IntegerId } from '../http/ids.js';

/** The id of a series in the path. */
export const SeriesId = () => IntegerId({ description: 'Id of the series, as lists of series answer it.' });

/** The id of a volume in the path. */
export const VolumeId = () =>
  IntegerId({ description: 'Id of the volume: one edition of one book of a series.' });
