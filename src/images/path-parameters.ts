import { FromPath } from '../http/input.js';

/** Id of the avatar in the path of a picture. An invalid id leads to 404, not 400. */
export const PictureAvatarId = () =>
  FromPath({
    name: 'id',
    description: 'Id of the avatar that the picture belongs to.',
    schema: { type: 'integer', minimum: 1, example: 7 },
  });

export const PictureHash = () =>
  FromPath({
    name: 'hash',
    description: 'Identifies one picture of the avatar: a replaced picture has another one.',
    schema: {
      type: 'string',
      pattern: '^[0-9a-f]{40}$',
      example: '3f2a1c0b9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a',
    },
  });

export const PhotoToken = () =>
  FromPath({
    name: 'token',
    description: 'Identifies one photo: 128 random bits, so that its URL cannot be guessed.',
    schema: { type: 'string', pattern: '^[0-9a-f]{32}$', example: '0f3c1a2b3d4e5f60718293a4b5c6d7e8' },
  });

export const PictureFile = () =>
  FromPath({
    name: 'file',
    description: 'Version of the picture and its format: `full`, `thumbnail` (photos) or a size (avatars).',
    schema: {
      type: 'string',
      pattern: '^(full|thumbnail|\\d{2,3}x\\d{2,3})\\.(gif|jpg|png|webp)$',
      example: 'full.png',
    },
  });
