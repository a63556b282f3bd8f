import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';

/** Builds the public URLs of stored files. */
@Injectable()
export class ImageUrls {
  constructor(private readonly config: Config) {}

  of(key: string): string {
    return `${this.config.publicUrl}/images/${key}`;
  }
}
