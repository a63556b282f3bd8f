import { ImageStore, type OpenedFile } from './image-store.js';
import { noFileUploads } from './images.errors.js';

/** The store of a node that is configured not to handle files. */
export class NoImageStore extends ImageStore {
  readonly handlesFiles = false;

  override requireFiles(): never {
    throw noFileUploads();
  }

  async put(): Promise<void> {
    this.requireFiles();
  }

  async open(): Promise<OpenedFile | null> {
    return this.requireFiles();
  }

  async keysIn(): Promise<string[]> {
    return this.requireFiles();
  }

  async removeAll(): Promise<void> {
    this.requireFiles();
  }

  // oxlint-disable-next-line require-yield
  async *keysOlderThan(): AsyncGenerator<string> {
    this.requireFiles();
  }

  async removeUnfinished(): Promise<void> {}

  async check(): Promise<void> {}
}
