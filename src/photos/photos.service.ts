import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { actorOf, AuditLog } from '../audit/audit-log.js';
import type { Viewer } from '../access/access.js';
import type { AuthenticatedClient } from '../clients/clients.service.js';
import { unknownClient } from '../clients/clients.errors.js';
import { SessionsService } from '../access/sessions.service.js';
import { Transactions } from '../database/transactions.js';
import { forbidden, invalidParameters, userNotFound } from '../http/app-error.js';
import type { Upload, UploadReader } from '../images/upload.js';
import { parseId } from '../http/ids.js';
import { FileRemoval } from '../images/file-removal.js';
import { FileSweeper } from '../images/file-sweeper.js';
import { ImagePipeline } from '../images/pipeline.js';
import { bytesOf } from '../images/image-files.js';
import { ImageStore } from '../images/storage.js';
import { AccountDeletion } from '../users/account-deletion.js';
import { filesOf, folderOf } from './photo-files.js';
import { PhotoRepository, type PhotoRow } from './photo.repository.js';
import { photoLimitReached, photoNotFound, unknownPhotoId } from './photos.errors.js';

/** Most photos of one user. */
const LIMIT = 200;

/** Pictures in users' own libraries, which partners moderate by client key. */
@Injectable()
export class PhotosService implements OnModuleInit {
  constructor(
    private readonly photos: PhotoRepository,
    private readonly transactions: Transactions,
    private readonly pipeline: ImagePipeline,
    private readonly store: ImageStore,
    private readonly removal: FileRemoval,
    private readonly sweeper: FileSweeper,
    private readonly deletion: AccountDeletion,
    private readonly audit: AuditLog,
    private readonly sessions: SessionsService,
  ) {}

  onModuleInit(): void {
    this.sweeper.answersFor('photos', (folders) => this.photos.named(folders));
    this.deletion.also(async (em, userId) => {
      const tokens = await this.photos.removeAll(em, userId);
      await this.removal.note(em, ...tokens.map(folderOf));
    });
  }

  /** @throws forbidden, noFileUploads, photoLimitReached, missingParameters, unknownClient, invalidImage */
  async add(viewer: Viewer, userId: string, read: UploadReader): Promise<PhotoRow> {
    if (viewer.userId !== userId) throw forbidden();
    this.store.requireFiles();
    if ((await this.photos.count(userId)) >= LIMIT) throw photoLimitReached();
    const { upload, client } = await this.checked(read);
    const { full, thumbnail } = await this.pipeline.photo(upload.bytes);
    const token = randomBytes(16).toString('hex');
    const { format, width, height } = full;
    const files = filesOf(full, thumbnail);
    const stored = { size: full.bytes.length, stored_bytes: bytesOf(files) };
    const photo = { token, name: upload.name, format, width, height, ...stored, client };
    try {
      await this.store.put(folderOf(token), files);
      const id = await this.transactions.run((em) => this.photos.add(em, userId, photo, LIMIT));
      if (id === null) throw userNotFound();
      if (id === undefined) throw photoLimitReached();
      return await this.get(id);
    } catch (error) {
      // Should this fail too, the sweeper finds the files.
      await this.transactions.run((em) => this.removal.note(em, folderOf(token))).catch(() => undefined);
      this.removal.soon();
      throw error;
    }
  }

  /** Newest first. @throws forbidden, userNotFound */
  async list(viewer: Viewer, userId: string, limit: number, offset: number) {
    if (viewer.userId !== userId && !(await this.sessions.isAdministrator(viewer))) throw forbidden();
    const page = await this.photos.page(userId, limit, offset);
    if (page === undefined) throw userNotFound();
    return page;
  }

  /** @throws photoNotFound, forbidden, noFileUploads */
  async delete(viewer: Viewer, id: number): Promise<void> {
    const photo = await this.get(id);
    const isOwn = photo.user_id === viewer.userId;
    if (!isOwn && !(await this.sessions.isAdministrator(viewer))) throw forbidden();
    this.store.requireFiles();
    await this.transactions.run(async (em) => {
      const token = await this.photos.remove(em, photo.user_id, id);
      if (token === undefined) throw photoNotFound();
      await this.removal.note(em, folderOf(token));
      if (!isOwn)
        this.audit.write(em, actorOf(viewer), {
          action: 'photo.delete',
          target: photo.user_id,
          before: { photo: id },
        });
    });
    await this.removal.now();
  }

  /** A partner's deletion: of that user's photo, uploaded under that website. @throws unknownPhotoId, noFileUploads */
  async deleteAsClient(client: AuthenticatedClient, ip: string, userId: string, id: number): Promise<void> {
    const photo = await this.photos.find(id);
    if (photo?.user_id !== userId || !(await this.photos.isUnder(id, userId, client.id)))
      throw unknownPhotoId();
    this.store.requireFiles();
    await this.transactions.run(async (em) => {
      const token = await this.photos.remove(em, userId, id, client.id);
      if (token === undefined) throw unknownPhotoId();
      await this.removal.note(em, folderOf(token));
      const actor = { id: `client:${client.id}`, ip };
      this.audit.write(em, actor, { action: 'photo.delete', target: userId, before: { photo: id } });
    });
    await this.removal.now();
  }

  private async get(id: number): Promise<PhotoRow> {
    const photo = await this.photos.find(id);
    if (photo === undefined) throw photoNotFound();
    return photo;
  }

  /** What the form has to hold; the client must be registered. */
  private async checked(read: UploadReader): Promise<{ upload: Upload; client: number }> {
    const { file, fields } = await read();
    const client = parseId(fields['client']?.trim() ?? '');
    if (client === null) {
      throw invalidParameters({
        details: [{ field: 'client', messages: ['client must be a positive integer'] }],
      });
    }
    if (!(await this.photos.isClient(client))) throw unknownClient();
    return { upload: file as Upload, client };
  }
}
