import { applyDecorators } from '@nestjs/common';
import { payloadTooLarge } from '../http/app-error.js';
import { BodyLimit } from '../limits/body-limit.js';
import { LimitImageUploads } from '../limits/image-limit.js';
import { IMAGE_BODY_LIMIT, IMAGE_BYTES } from './upload.js';
import { invalidImage } from './images.errors.js';

/** Declares that the JSON of the request contains an image as base64, and applies the limit of image uploads. */
export const TakesBase64Image = () => applyDecorators(LimitImageUploads(), BodyLimit(IMAGE_BODY_LIMIT));

/**
 * Decodes an image sent as base64, bare or in a data URL. Node's decoder ignores invalid characters, so the bytes are
 * encoded again and compared with the text. A regular expression over the whole text would overflow the stack.
 *
 * @throws invalidImage, payloadTooLarge
 */
export function imageFromBase64(text: string): Buffer {
  const prefix = /^data:[^,]{0,100};base64,/i.exec(text.slice(0, 120))?.[0] ?? '';
  // Some encoders wrap lines, some use the URL-safe alphabet.
  const encoded = text.slice(prefix.length).replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length >= IMAGE_BYTES) throw payloadTooLarge();
  if (bytes.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) throw invalidImage();
  return bytes;
}
