import { IntegerId } from '../http/ids.js';

/** The id of a photo in the path. */
export const PhotoId = () => IntegerId({ description: 'Id of the photo in its user’s library.' });
