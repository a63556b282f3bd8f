import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { Integer, Required } from '../http/validation.js';
import { AVATAR_SIZES } from './avatar-files.js';

/** One size of an avatar. */
export class AvatarVersionDto {
  /**
   * Pixels; null for the original size.
   * @example 180
   */
  @Integer()
  height: number | null;

  /** Needs no credential and may be cached for ever: another picture has another URL. */
  @ApiProperty({ format: 'uri', example: 'http://localhost:3000/images/avatars/1/0f3c/180x180.webp' })
  url: string;

  /**
   * Pixels; null for the original size.
   * @example 180
   */
  @Integer()
  width: number | null;
}

function describeSize(size: string): string {
  return size === 'full' ? 'At its original size, in its own format.' : `At ${size} pixels.`;
}

function exampleVersion(size: string) {
  const side = size === 'full' ? null : Number.parseInt(size, 10);
  const file = size === 'full' ? 'full.png' : `${size}.webp`;
  return { height: side, url: `http://localhost:3000/images/avatars/7/3f2a/${file}`, width: side };
}

/** A user's profile image. */
export class AvatarDto {
  /** @example 1 */
  @Integer()
  id: number;

  /**
   * Name of the uploaded file.
   * @example "me.png"
   */
  name: string;

  /**
   * Key of the stored file, relative to the store.
   * @example "avatars/1/0f3c/full.png"
   */
  value: string;

  /** Each size by its name; all but `full` are squares about the centre, in WebP. */
  @ApiProperty({
    type: 'object',
    properties: Object.fromEntries(
      AVATAR_SIZES.map((size) => [
        size,
        { $ref: '#/components/schemas/AvatarVersionDto', description: describeSize(size) } as never,
      ]),
    ),
    selfRequired: true,
    example: Object.fromEntries(AVATAR_SIZES.map((size) => [size, exampleVersion(size)])),
    required: [...AVATAR_SIZES],
    additionalProperties: false,
  })
  versions: Record<string, AvatarVersionDto>;
}

export class ImageInput {
  /**
   * GIF, JPEG or PNG of less than 5,000,000 bytes and at most 40 megapixels, as base64, bare or in a data URL.
   * @example "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
   */
  @Required()
  @IsString()
  image: string;
}
