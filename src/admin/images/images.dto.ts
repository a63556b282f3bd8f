import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import { IsClientFilter } from '../../clients/client-id.js';
import { AnswerText, Timestamp } from '../../http/fields.js';
import { USER_ID_PATTERN } from '../../http/ids.js';
import { PageDto, PageQuery } from '../../http/page.dto.js';
import { BlankIsAbsent, Integer, Optional } from '../../http/validation.js';

/** The kinds of pictures that users upload. */
export const IMAGE_KINDS = ['avatar', 'photo'] as const;
export type ImageKind = (typeof IMAGE_KINDS)[number];

/** Filters and page of the pictures of all users. */
export class ImageQuery extends PageQuery {
  /**
   * Only pictures of this kind: profile images, or photos in libraries.
   * @example "photo"
   */
  @BlankIsAbsent()
  @Optional()
  @IsIn(IMAGE_KINDS)
  @ApiProperty({ enum: IMAGE_KINDS, enumName: 'ImageKind' })
  kind?: ImageKind;

  /**
   * Only pictures that the user with this id has uploaded.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @BlankIsAbsent()
  @Optional()
  @Matches(USER_ID_PATTERN, { message: 'user must be 24 hexadecimal digits' })
  user?: string;

  /**
   * Only photos that were uploaded under this client. Avatars belong to no client.
   * @example 1
   */
  @IsClientFilter()
  client?: number;
}

/** The user who has uploaded a picture. */
@ApiSchema({ name: 'ImageUser' })
export class ImageUserDto {
  /**
   * Id of the user, for the routes of administrators.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @AnswerText(24)
  id: string;

  /**
   * The name with which the user signs in.
   * @example "reader"
   */
  @AnswerText(20)
  username: string;
}

/** A picture that a user has uploaded, for moderation. */
@ApiSchema({ name: 'Image' })
export class ImageDto {
  /** Whether the picture is a profile image or a photo in a library. */
  @ApiProperty({ enum: IMAGE_KINDS, enumName: 'ImageKind', example: 'photo' })
  kind: ImageKind;

  /**
   * Id of the avatar or photo; an avatar and a photo can have the same one.
   * @example 1
   */
  @Integer()
  id: number;

  /** Who has uploaded the picture. */
  user: ImageUserDto;

  /**
   * Id of the client under which a photo was uploaded; null for avatars.
   * @example 1
   */
  @Integer()
  client: number | null;

  /** URL of the whole picture, which needs no credential and may be cached for ever. */
  @ApiProperty({ format: 'uri', example: 'http://localhost:3000/images/photos/0f3c/full.jpg' })
  url: string;

  /** URL of a small version: 320 pixels at most of a photo, a square of 290 pixels of an avatar. */
  @ApiProperty({ format: 'uri', example: 'http://localhost:3000/images/photos/0f3c/thumbnail.webp' })
  thumbnail_url: string;

  /** When the picture was uploaded; of a replaced avatar, when its present picture was. */
  @Timestamp()
  uploaded: string;
}

@ApiSchema({ name: 'ImagePage' })
export class ImagePageDto extends PageDto {
  /** Pictures of this page that match the query, newest first. */
  images: ImageDto[];
}
