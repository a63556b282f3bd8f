import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { S3Settings } from '../config.js';
import {
  allSettledOrThrow,
  ImageStore,
  type OpenedFile,
  type StoredFile,
  withStoreErrors,
} from './image-store.js';

/** Timeout of each attempt of a request in milliseconds. */
const TIMEOUT = 5_000;
const ATTEMPTS = 2;

/** Images in an S3 bucket. */
export class S3ImageStore extends ImageStore {
  readonly handlesFiles = true;
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor(settings: S3Settings) {
    super();
    this.client = createClient(settings);
    this.bucket = settings.bucket;
  }

  async put(folder: string, files: readonly StoredFile[]): Promise<void> {
    const commands = files.map(
      ({ name, bytes: Body, type: ContentType }) =>
        new PutObjectCommand({ Bucket: this.bucket, Key: folder + name, Body, ContentType }),
    );
    await withStoreErrors(() => allSettledOrThrow(commands.map((command) => this.client.send(command))));
  }

  async open(key: string): Promise<OpenedFile | null> {
    const size = await withStoreErrors(() => this.sizeOf(key));
    if (size === null) return null;
    return { size, stream: (start, end) => withStoreErrors(() => this.read(key, start, end)) };
  }

  async keysIn(folder: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { Contents = [] } of this.pages(folder))
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
    return keys;
  }

  async removeAll(prefix: string): Promise<void> {
    for await (const { Contents = [] } of this.pages(prefix)) {
      const objects = Contents.map(({ Key }) => ({ Key }));
      if (objects.length > 0) await withStoreErrors(() => this.remove(objects));
    }
  }

  async *keysOlderThan(time: Date): AsyncGenerator<string> {
    for await (const { Contents = [] } of this.pages()) {
      for (const { Key, LastModified } of Contents) {
        if (Key !== undefined && LastModified !== undefined && LastModified < time) yield Key;
      }
    }
  }

  /** S3 shows no object before it is complete. */
  async removeUnfinished(): Promise<void> {}

  async check(): Promise<void> {
    await withStoreErrors(() => this.sizeOf('health'));
  }

  /** Bytes of an object; null when there is none. */
  private async sizeOf(key: string): Promise<number | null> {
    try {
      const command = new HeadObjectCommand({ Bucket: this.bucket, Key: key });
      const { ContentLength = 0 } = await this.client.send(command);
      return ContentLength;
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return null;
      throw error;
    }
  }

  private async read(key: string, start: number, end: number): Promise<Readable> {
    const range = `bytes=${start}-${end}`;
    const { Body } = await this.client.send(
      new GetObjectCommand({ Bucket: this.bucket, Key: key, Range: range }),
    );
    if (!(Body instanceof Readable)) throw new TypeError('S3 has answered without a stream');
    return Body;
  }

  private async remove(objects: { Key: string | undefined }[]): Promise<void> {
    const { Errors = [] } = await this.client.send(
      new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects: objects, Quiet: true } }),
    );
    // S3 answers 200 when it could not delete some of the objects.
    if (Errors.length > 0) throw new Error(`S3 did not delete ${Errors.length} objects: ${Errors[0]?.Code}`);
  }

  /** The pages of a listing, of 1,000 objects each. */
  private async *pages(prefix?: string): AsyncGenerator<ListObjectsV2CommandOutput> {
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.bucket,
        ContinuationToken: token,
        Prefix: prefix,
      });
      const page = await withStoreErrors(() => this.client.send(command));
      yield page;
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }
}

function createClient({ region, pathStyle, endpoint, credentials }: S3Settings): S3Client {
  return new S3Client({
    region,
    forcePathStyle: pathStyle,
    maxAttempts: ATTEMPTS,
    requestHandler: {
      requestTimeout: TIMEOUT,
      // By default, the SDK only logs a warning when a request times out.
      throwOnRequestTimeout: true,
      connectionTimeout: 3_000,
    },
    // Many S3-compatible servers do not support the checksums that S3 makes optional.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentials === null ? {} : { credentials }),
  });
}
