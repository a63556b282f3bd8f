import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions.js';
import { FileRemoval } from './file-removal.js';
import { freeBytes } from './image-files.js';
import { ImageStore, type StoredFile } from './image-store.js';

/** The files of an upload, and the new folder that they are written to. */
export interface EncodedUpload {
  readonly folder: string;
  readonly files: readonly StoredFile[];
}

/** The steps of an upload that a feature supplies. A feature that needs a reservation makes it first. */
export interface ImageUpload<Encoded extends EncodedUpload, Outcome extends { readonly kind: string }> {
  /** Reads, checks and encodes the image. */
  readonly encode: () => Promise<Encoded>;
  /** Saves the row that refers to the files, in a transaction. Any outcome but `written` discards the files. */
  readonly save: (encoded: Encoded) => Promise<Outcome>;
  /** Cancels the reservation when the upload fails. */
  readonly release?: () => Promise<void>;
}

/**
 * The protocol of every upload: the files are written first, then the row is committed. If either step fails, both
 * are undone, so that a row never refers to missing files.
 */
@Injectable()
export class ImageUploads {
  constructor(
    private readonly store: ImageStore,
    private readonly removal: FileRemoval,
    private readonly transactions: Transactions,
  ) {}

  /** @throws the errors of the steps, and serviceUnavailable if the store fails */
  async run<Encoded extends EncodedUpload, Outcome extends { readonly kind: string }>({
    encode,
    save,
    release,
  }: ImageUpload<Encoded, Outcome>): Promise<Outcome> {
    try {
      const encoded = await encode();
      return await this.write(encoded, () => save(encoded));
    } catch (error) {
      await release?.();
      throw error;
    }
  }

  private async write<Outcome extends { readonly kind: string }>(
    { folder, files }: EncodedUpload,
    save: () => Promise<Outcome>,
  ): Promise<Outcome> {
    try {
      await this.store.put(folder, files);
      freeBytes(files);
      const outcome = await this.transactions.run(async () => {
        const saved = await save();
        if (saved.kind !== 'written') await this.removal.enqueue(folder);
        return saved;
      });
      if (outcome.kind !== 'written') this.removal.kick();
      return outcome;
    } catch (error) {
      await this.discard(folder);
      throw error;
    }
  }

  /** Removes files that no row refers to. If they cannot be enqueued, the sweeper removes them. */
  private async discard(folder: string): Promise<void> {
    await this.transactions.run(() => this.removal.enqueue(folder)).catch(() => undefined);
    this.removal.kick();
  }
}
