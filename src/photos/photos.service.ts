import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Actor, actorOf, AuditLog } from '../audit/audit-log.js';
import type { Viewer } from '../access/access.js';
import { ClientsService } from '../clients/clients.service.js';
import { unknownClient } from '../clients/clients.errors.js';
import { Administrators } from '../accounts/administrators.js';
import { Transactions } from '../database/transactions.js';
import { forbidden, invalidParameters, userNotFound } from '../http/app-error.js';
import type { Upload, UploadReader } from '../images/upload.js';
import { parseId } from '../http/ids.js';
import { FileRemoval } from '../images/file-removal.js';
import { FileSweeper } from '../images/file-sweeper.js';
import { ImagePipeline } from '../images/pipeline.js';
import { totalBytes } from '../images/image-files.js';
import { ImageUploads } from '../images/image-uploads.js';
import { ImageStore } from '../images/image-store.js';
import { AccountDeletion } from '../users/account-deletion.js';
import type { CallingClient } from './delete-user-photo.guard.js';
import { filesOf, folderOf, PHOTOS, tokenOf } from './photo-files.js';
import { type NewPhoto, PhotoRepository, type PhotoRow } from './photo.repository.js';
import { photoLimitReached, photoNotFound, unknownPhotoId } from './photos.errors.js';

/** Maximum number of photos per user. */
const LIMIT = 200;

/** Photos in users' libraries. The servers of clients moderate them with a client key. */
@Injectable()
export class PhotosService implements OnModuleInit {
  constructor(
    private readonly photos: PhotoRepository,
    private readonly transactions: Transactions,
    private readonly pipeline: ImagePipeline,
    private readonly store: ImageStore,
    private readonly uploads: ImageUploads,
    private readonly removal: FileRemoval,
    private readonly sweeper: FileSweeper,
    private readonly deletion: AccountDeletion,
    private readonly audit: AuditLog,
    private readonly clients: ClientsService,
    private readonly administrators: Administrators,
  ) {}

  onModuleInit(): void {
    this.sweeper.register(PHOTOS, async (folders) => {
      const tokens = await this.photos.findTokens(folders.map(tokenOf));
      return new Set(tokens.map(folderOf));
    });
    this.deletion.register(async (userId) => {
      const tokens = await this.photos.deleteAll(userId);
      await this.removal.enqueue(...tokens.map(folderOf));
    });
  }

  /** @throws forbidden, noFileUploads, photoLimitReached, missingParameters, unknownClient, invalidImage */
  async add(viewer: Viewer, userId: string, read: UploadReader): Promise<PhotoRow> {
    if (viewer.userId !== userId) throw forbidden();
    this.store.requireFiles();
    if ((await this.photos.count(userId)) >= LIMIT) throw photoLimitReached();
    const outcome = await this.uploads.run({
      encode: () => this.encode(read),
      save: ({ photo }) => this.photos.add(userId, photo, LIMIT),
    });
    if (outcome.kind === 'no-user') throw userNotFound();
    if (outcome.kind === 'limit-reached') throw photoLimitReached();
    return this.get(outcome.id);
  }

  /** Newest first. @throws forbidden, userNotFound */
  async list(viewer: Viewer, userId: string, limit: number, offset: number) {
    if (viewer.userId !== userId && !(await this.administrators.includes(viewer.userId))) throw forbidden();
    const page = await this.photos.page(userId, limit, offset);
    if (page === undefined) throw userNotFound();
    return page;
  }

  /** @throws photoNotFound, forbidden, noFileUploads */
  async delete(viewer: Viewer, id: number): Promise<void> {
    const photo = await this.get(id);
    const isOwn = photo.user_id === viewer.userId;
    if (!isOwn && !(await this.administrators.includes(viewer.userId))) throw forbidden();
    await this.deletePhoto(photo, isOwn ? null : actorOf(viewer));
  }

  /** Deletes any user's photo, with an audit entry. @throws photoNotFound, noFileUploads */
  async deleteAsModerator(actor: Actor, id: number): Promise<void> {
    await this.deletePhoto(await this.get(id), actor);
  }

  /** Deletes a user's photo that was uploaded under the client. @throws unknownPhotoId, noFileUploads */
  async deleteAsClient(client: CallingClient, userId: string, id: number): Promise<void> {
    if (!(await this.photos.belongsToClient(id, userId, client.id))) throw unknownPhotoId();
    this.store.requireFiles();
    await this.transactions.run(async () => {
      const token = await this.photos.delete(userId, id, client.id);
      if (token === undefined) throw unknownPhotoId();
      await this.removal.enqueue(folderOf(token));
      this.audit.record(client.actor, { action: 'photo.delete', target: userId, before: { photo: id } });
    });
    await this.removal.flush();
  }

  /** @param actor the actor of the audit entry; null for none */
  private async deletePhoto({ id, user_id: userId }: PhotoRow, actor: Actor | null): Promise<void> {
    this.store.requireFiles();
    await this.transactions.run(async () => {
      const token = await this.photos.delete(userId, id);
      if (token === undefined) throw photoNotFound();
      await this.removal.enqueue(folderOf(token));
      if (actor !== null)
        this.audit.record(actor, { action: 'photo.delete', target: userId, before: { photo: id } });
    });
    await this.removal.flush();
  }

  private async get(id: number): Promise<PhotoRow> {
    const photo = await this.photos.find(id);
    if (photo === undefined) throw photoNotFound();
    return photo;
  }

  private async encode(read: UploadReader) {
    const { upload, client } = await this.readChecked(read);
    const { full, thumbnail } = await this.pipeline.photo(upload.bytes);
    const token = randomBytes(16).toString('hex');
    const { format, width, height } = full;
    const files = filesOf(full, thumbnail);
    const bytes = { size: full.bytes.length, storedBytes: totalBytes(files) };
    const photo: NewPhoto = { token, name: upload.name, format, width, height, ...bytes, client };
    return { folder: folderOf(token), files, photo };
  }

  /** Reads the form and checks its client, which must be registered and enabled. */
  private async readChecked(read: UploadReader): Promise<{ upload: Upload; client: number }> {
    const { file, fields } = await read();
    const client = parseId(fields['client']?.trim() ?? '');
    if (client === null) {
      throw invalidParameters({
        details: [{ field: 'client', messages: ['client must be a positive integer'] }],
      });
    }
    if (!(await this.clients.isEnabled(client))) throw unknownClient();
    return { upload: file as Upload, client };
  }
}
