import { IntegerId } from '../http/ids.js';

/** The id of an import in the path. */
export const ImportId = () => IntegerId({ description: 'Id of the import.', example: 12 });

/** The number of a row in the path. */
export const RowNumber = () =>
  IntegerId({ name: 'number', description: 'Number of the row in the file, from 1.', example: 3 });
