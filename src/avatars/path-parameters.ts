import { IntegerId } from '../http/ids.js';
import { FromPath } from '../http/input.js';
import { AVATAR_SIZES } from './avatar-files.js';

const SIZE = {
  name: 'size',
  description:
    'Width and height of the square picture in pixels, such as `128x128`, or `full` for the original size.',
  schema: { $ref: '#/components/schemas/AvatarSize' },
  isChoice: true,
};

/** The id of an avatar in the path. */
export const AvatarId = () =>
  IntegerId({ description: 'Id of the avatar, which it keeps when its picture is replaced.' });

/** The size of an avatar in the path. */
export const AvatarSize = () =>
  FromPath({
    ...SIZE,
    parse: (text) => (AVATAR_SIZES.includes(text) ? text : null),
    requirement: `must be one of ${AVATAR_SIZES.join(', ')}`,
  });

/** The size in the path of a generated picture. An unknown size leads to 404, not 400. */
export const PictureSize = () => FromPath(SIZE);
