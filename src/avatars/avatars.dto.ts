import { AnswerText } from '../http/fields.js';
import { ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { OutcomeDto } from '../http/response.dto.js';
import { Integer, Required } from '../http/validation.js';
import { AVATAR_SIZES } from './avatar-files.js';

/** One size of an avatar. */
@ApiSchema({ name: 'AvatarVersion' })
export class AvatarVersionDto {
  /**
   * Height in pixels; null for the original size, which is not recorded.
   * @example 180
   */
  @Integer()
  height: number | null;

  /** URL of this size. It needs no credential and may be cached for ever: another picture has another URL. */
  @ApiProperty({ format: 'uri', example: 'http://localhost:3000/images/avatars/1/0f3c/180x180.webp' })
  url: string;

  /**
   * Width in pixels; null for the original size, which is not recorded.
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
@ApiSchema({ name: 'Avatar' })
export class AvatarDto {
  /**
   * Id of the avatar, which stays when its picture is replaced.
   * @example 1
   */
  @Integer()
  id: number;

  /**
   * File name of the uploaded picture, without folders.
   * @example "me.png"
   */
  @AnswerText(255)
  name: string;

  /**
   * Key of the original picture in the store; `versions` has the URLs.
   * @example "avatars/1/0f3c/full.png"
   */
  @AnswerText(200)
  value: string;

  /** Each size by its name; all but `full` are squares about the centre, in WebP. */
  @ApiProperty({
    type: 'object',
    properties: Object.fromEntries(
      AVATAR_SIZES.map((size) => [
        size,
        { $ref: getSchemaPath(AvatarVersionDto), description: describeSize(size) } as never,
      ]),
    ),
    selfRequired: true,
    example: Object.fromEntries(AVATAR_SIZES.map((size) => [size, exampleVersion(size)])),
    required: [...AVATAR_SIZES],
    additionalProperties: false,
  })
  versions: Record<string, AvatarVersionDto>;
}

/** Answer to a change of a profile image. */
@ApiSchema({ name: 'AvatarAnswer' })
export class AvatarAnswerDto extends OutcomeDto {
  /** The avatar after the change; null after a deletion. */
  avatar: AvatarDto | null;
}

@ApiSchema({ name: 'ImageInput' })
export class UpdateProfileImageDto {
  /**
   * GIF, JPEG or PNG of less than 5,000,000 bytes and at most 40 megapixels, as base64, bare or in a data URL.
   * @example "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
   */
  @ApiProperty({ maxLength: 7_000_000 })
  @Required()
  @IsString()
  image: string;
}
