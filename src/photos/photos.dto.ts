import { AnswerText, Timestamp } from '../http/fields.js';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { Integer } from '../http/validation.js';
import { PageDto } from '../http/page.dto.js';

/** A picture in a user's library. */
@ApiSchema({ name: 'Photo' })
export class PhotoDto {
  /**
   * Id of the photo, for the route that deletes it.
   * @example 1
   */
  @Integer()
  id: number;

  /**
   * Id of the user in whose library the photo is.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @AnswerText(24)
  user_id: string;

  /**
   * Id of the client under which the photo was uploaded; its key can delete the photo.
   * @example 1
   */
  @Integer()
  client: number;

  /**
   * File name of the upload, without folders.
   * @example "shelf.jpg"
   */
  @AnswerText(255)
  name: string;

  /** URL of the whole picture: it cannot be guessed, needs no credential, and may be cached for ever. */
  @ApiProperty({ format: 'uri', example: 'http://localhost:3000/images/photos/0f3c/full.jpg' })
  url: string;

  /** URL of the same picture at 320 pixels at most, in WebP. */
  @ApiProperty({ format: 'uri', example: 'http://localhost:3000/images/photos/0f3c/thumbnail.webp' })
  thumbnail_url: string;

  /**
   * Width of the whole picture in pixels.
   * @example 1600
   */
  @Integer()
  width: number;

  /**
   * Height of the whole picture in pixels.
   * @example 1200
   */
  @Integer()
  height: number;

  /**
   * Bytes of the file that `url` answers.
   * @example 183000
   */
  @Integer()
  size: number;

  /**
   * When the photo was added to the library.
   * @example "2026-01-31T12:00:00.000Z"
   */
  @Timestamp()
  uploaded: string;
}

@ApiSchema({ name: 'PhotoPage' })
export class PhotoPageDto extends PageDto {
  /** Photos of the user’s library, newest first. */
  photos: PhotoDto[];
}

/** Family D's envelope, for success and failure alike. */
@ApiSchema({ name: 'Envelope' })
export class EnvelopeDto {
  /**
   * Whether the photo was deleted: `Success` or `Error`.
   * @example "Success"
   */
  @ApiProperty({ enum: ['Success', 'Error'], enumName: 'EnvelopeResponse' })
  Response: string;

  /**
   * What happened: one of a fixed list of messages for each status.
   * @example "The Image has been successfully deleted."
   */
  @AnswerText(100)
  Message: string;

  /** Always null: no operation with this envelope returns data. */
  @ApiProperty({ type: 'null' as never, example: null })
  Data: null;

  /**
   * Code of the error, or its HTTP status if it has no code; empty for success.
   * @example ""
   */
  @AnswerText(3)
  ErrorCode: string;
}
