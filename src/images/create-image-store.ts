import { join } from 'node:path';
import type { Config } from '../config.js';
import type { ImageStore } from './image-store.js';
import { LocalImageStore } from './local-image-store.js';
import { NoImageStore } from './no-image-store.js';
import { S3ImageStore } from './s3-image-store.js';

/** Creates the store that the configuration selects. */
export function createImageStore({ s3, storageDriver, dataDir }: Config): ImageStore {
  if (s3 !== null) return new S3ImageStore(s3);
  return storageDriver === 'none' ? new NoImageStore() : new LocalImageStore(join(dataDir, 'images'));
}
