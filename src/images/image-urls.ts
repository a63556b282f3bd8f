import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';

/** Where files of the store are served. */
@Injectable()
export class ImageUrls {
  constructor(private readonly config: Config) {}

  of(key: string): string {
    return `${this.config.publicUrl}/images/${key}`;
  }
}
