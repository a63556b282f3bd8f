import { payloadTooLarge } from '../http/app-error.js';
import { IMAGE_BYTES } from './upload.js';
import { invalidImage } from './images.errors.js';

/**
 * The bytes of an image sent as base64, bare or in a data URL. Node's decoder never fails, so the text is compared
 * with what its bytes would be written as; a pattern would run out of stack at these lengths.
 *
 * @throws invalidImage, payloadTooLarge
 */
export function imageFromBase64(text: string): Buffer {
  const prefix = /^data:[^,]{0,100};base64,/i.exec(text.slice(0, 120))?.[0] ?? '';
  // Encoders wrap lines, and some use the alphabet of URLs.
  const encoded = text.slice(prefix.length).replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length >= IMAGE_BYTES) throw payloadTooLarge();
  if (bytes.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) throw invalidImage();
  return bytes;
}
