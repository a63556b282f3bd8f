import { ApiProperty } from '@nestjs/swagger';
import { Integer } from '../http/validation.js';
import { PageDto } from '../http/page.dto.js';

/** A picture in a user's library. */
export class PhotoDto {
  /** @example 1 */
  @Integer()
  id: number;

  /**
   * Name of the uploaded file.
   * @example "shelf.jpg"
   */
  name: string;

  /** Cannot be guessed, needs no credential, and may be cached for ever. */
  @ApiProperty({ format: 'uri', example: 'http://localhost:3000/images/photos/0f3c/full.jpg' })
  url: string;

  /** The same, at 320 pixels at most. */
  @ApiProperty({ format: 'uri', example: 'http://localhost:3000/images/photos/0f3c/thumbnail.webp' })
  thumbnail_url: string;

  /**
   * Pixels.
   * @example 1600
   */
  @Integer()
  width: number;

  /**
   * Pixels.
   * @example 1200
   */
  @Integer()
  height: number;

  /**
   * Bytes.
   * @example 183000
   */
  @Integer()
  size: number;

  /** @example "2026-01-31T12:00:00.000Z" */
  uploaded: string;
}

export class PhotoPageDto extends PageDto {
  /** Newest first. */
  photos: PhotoDto[];
}

/** Family D's envelope, for success and failure alike. */
export class EnvelopeDto {
  @ApiProperty({ enum: ['Success', 'Error'], enumName: 'EnvelopeResponse' })
  Response: string;

  /** @example "The Image has been successfully deleted." */
  Message: string;

  @ApiProperty({ type: 'null' as never })
  Data: null;

  /** Empty for success. */
  ErrorCode: string;
}
