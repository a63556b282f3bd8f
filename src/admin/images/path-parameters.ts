import { IntegerId } from '../../http/ids.js';
import { FromPath } from '../../http/input.js';
import { IMAGE_KINDS, type ImageKind } from './images.dto.js';

/** The kind of a picture in the path. */
export const KindOfImage = () =>
  FromPath({
    name: 'kind',
    description: 'Which of both the id identifies: `avatar` or `photo`.',
    schema: { $ref: '#/components/schemas/ImageKind' },
    isChoice: true,
    parse: (text) => (IMAGE_KINDS.includes(text as ImageKind) ? text : null),
    requirement: `must be one of ${IMAGE_KINDS.join(', ')}`,
  });

/** The id of a picture in the path. */
export const ImageId = () =>
  IntegerId({ description: 'Id of the avatar or photo, from the list of pictures.' });
