import { extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { isMarkedAsUntransferable } from 'node:worker_threads';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pLimit from 'p-limit';
import { Piscina } from 'piscina';
import { serviceUnavailable } from '../http/app-error.js';
import type { Encoding } from './encoder-thread.js';
import type { EncodedAvatar, EncodedPhoto } from './encoder.js';
// The main thread loads it too: it chooses the decoders, and sharp's libraries must stay loaded when the thread ends.
import './encoder.js';
import { invalidImage } from './images.errors.js';

/** Maximum length of the queue. */
const MAX_QUEUED = 40;
/** `Retry-After` in seconds when the queue is full. */
const RETRY_AFTER = 5;

/** Limits of the heap of the encoder's thread in MB, which holds no pixels. */
const SEMI_SPACE = 2;
const OLD_SPACE = 64;

/** The encoder's file: compiled in the built service, TypeScript in the tests. */
const ENCODER = new URL(`encoder-thread${extname(import.meta.url)}`, import.meta.url).href;

/**
 * Converts uploads to stored pictures: upright, in sRGB, without metadata. An upload is decoded once for all its
 * versions. One upload is processed at a time, so that uploads do not delay sign-ins, and in a thread with a small
 * heap: the service's garbage collector does not see the pixels.
 */
@Injectable()
export class ImagePipeline implements OnApplicationShutdown {
  private readonly logger = new Logger(ImagePipeline.name);
  private readonly queue = pLimit(1);
  private threads: Piscina | null = null;

  /**
   * An avatar: the picture in its own format and size, and its ten squares.
   *
   * @param bytes the upload, which moves to the encoder's thread: it is empty afterwards
   * @throws invalidImage, serviceUnavailable when the queue is full
   */
  async avatar(bytes: Buffer): Promise<EncodedAvatar> {
    return this.enqueue('avatar', bytes);
  }

  /** A photo: the picture in its own format and size, and a thumbnail. @param bytes as `avatar` @throws as `avatar` */
  async photo(bytes: Buffer): Promise<EncodedPhoto> {
    return this.enqueue('photo', bytes);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.threads?.close();
  }

  private async enqueue<Encoded>(name: 'avatar' | 'photo', bytes: Buffer): Promise<Encoded> {
    if (this.queue.pendingCount >= MAX_QUEUED) throw serviceUnavailable({ retryAfter: RETRY_AFTER });
    return this.queue(async () => {
      const upload = transferable(bytes);
      const encoding = (await this.pool().run(upload, {
        name,
        transferList: [upload.buffer],
      })) as Encoding<Encoded>;
      if (encoding.kind === 'invalid') throw invalidImage({ cause: new Error(encoding.reason) });
      return encoding.encoded;
    });
  }

  /** The thread starts with the first upload, so that commands start none. */
  private pool(): Piscina {
    this.threads ??= this.start();
    return this.threads;
  }

  private start(): Piscina {
    // The command line's limit would otherwise apply to the thread too. The main thread's heap keeps its own.
    setFlagsFromString(`--max-semi-space-size=${SEMI_SPACE}`);
    const threads = new Piscina({
      filename: ENCODER,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: Infinity,
      atomics: 'disabled',
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: OLD_SPACE },
    });
    // A thread that fails to start leaves its task waiting. The next upload starts another one.
    threads.on('error', (error: Error) => {
      this.logger.error(error);
      if (this.threads === threads) this.threads = null;
      void threads.destroy();
    });
    return threads;
  }
}

/** The bytes in an array that can be transferred to a thread. Small buffers share one, which cannot. */
function transferable({ buffer, byteOffset, byteLength }: Buffer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return byteLength === buffer.byteLength && !isMarkedAsUntransferable(buffer) ? bytes : bytes.slice();
}
