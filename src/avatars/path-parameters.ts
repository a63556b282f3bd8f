import { IntegerId } from '../http/ids.js';
import { FromPath } from '../http/input.js';
import { AVATAR_SIZES } from './avatar-files.js';

const SIZE = {
  name: 'size',
  description: 'Side of the square picture in pixels, twice; or `full` for the picture as it was uploaded.',
  schema: { $ref: '#/components/schemas/AvatarSize' },
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

/** The same where an unknown size is a picture that does not exist. */
export const PictureSize = () => FromPath(SIZE);
