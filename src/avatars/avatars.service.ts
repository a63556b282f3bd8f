import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Actor, actorOf, AuditLog } from '../audit/audit-log.js';
import type { Viewer } from '../access/access.js';
import { Administrators } from '../accounts/administrators.js';
import { Transactions } from '../database/transactions.js';
import { forbidden, internalError, serviceUnavailable, userNotFound } from '../http/app-error.js';
import type { Upload, UploadReader } from '../images/upload.js';
import { FileRemoval } from '../images/file-removal.js';
import { FileSweeper } from '../images/file-sweeper.js';
import { ImagePipeline } from '../images/pipeline.js';
import { totalBytes } from '../images/image-files.js';
import { ImageUploads } from '../images/image-uploads.js';
import { ImageStore } from '../images/image-store.js';
import { AccountDeletion } from '../users/account-deletion.js';
import { avatarFolder, avatarIdOf, AVATARS, digestOf, filesOf, folderOf, hashOf } from './avatar-files.js';
import { type AvatarContent, AvatarRepository, type AvatarRow } from './avatar.repository.js';
import { avatarExists, avatarNotFound } from './avatars.errors.js';

/** Number of attempts while another upload is in progress, and the pause between them in milliseconds. */
const RETRY = { attempts: 20, pause: 250 };

/** An upload with the digest of its bytes, which the image pipeline takes away. */
type DigestedUpload = Upload & { readonly digest: string };

const withDigest = (upload: Upload): DigestedUpload => ({ ...upload, digest: digestOf(upload.bytes) });

/** Records a change in the audit log, in the transaction that makes it. */
type RecordAudit = () => void;

/** Profile images: one for each user, in ten sizes and the original one. */
@Injectable()
export class AvatarsService implements OnModuleInit {
  constructor(
    private readonly avatars: AvatarRepository,
    private readonly transactions: Transactions,
    private readonly pipeline: ImagePipeline,
    private readonly store: ImageStore,
    private readonly uploads: ImageUploads,
    private readonly removal: FileRemoval,
    private readonly sweeper: FileSweeper,
    private readonly deletion: AccountDeletion,
    private readonly audit: AuditLog,
    private readonly administrators: Administrators,
  ) {}

  onModuleInit(): void {
    this.sweeper.register(AVATARS, async (folders) => {
      const avatars = await this.avatars.findAll(folders.map(avatarIdOf).filter(Number.isInteger));
      return new Set(avatars.map(({ id, hash }) => folderOf(id, hash)));
    });
    this.deletion.register(async (userId) => {
      await this.deleteRow(userId, { finished: false });
    });
  }

  /** @throws userNotFound, avatarNotFound */
  async getOfUser(userId: string): Promise<AvatarRow> {
    const found = await this.avatars.findOfUser(userId);
    if (found.kind === 'no-user') throw userNotFound();
    if (found.kind === 'no-avatar') throw avatarNotFound();
    return found.avatar;
  }

  /** The user's avatar; null also for a user who does not exist. */
  async findOfUser(userId: string): Promise<AvatarRow | null> {
    const found = await this.avatars.findOfUser(userId);
    return found.kind === 'found' ? found.avatar : null;
  }

  /** @throws avatarNotFound */
  async get(id: number): Promise<AvatarRow> {
    const avatar = await this.avatars.find(id);
    if (avatar === undefined) throw avatarNotFound();
    return avatar;
  }

  /** Creates a user's first avatar. @throws forbidden, noFileUploads, avatarExists, missingParameters, invalidImage */
  async create(viewer: Viewer, userId: string, read: UploadReader): Promise<AvatarRow> {
    if (viewer.userId !== userId) throw forbidden();
    this.store.requireFiles();
    const id = await this.avatars.reserve(userId);
    if (id === undefined) throw avatarExists();
    const written = await this.fillReserved(userId, id, async () => (await read()).file as Upload);
    if (written === undefined) throw await this.notFoundError(userId);
    return written;
  }

  /** Replaces the picture if the form contains one. @throws avatarNotFound, forbidden, noFileUploads, invalidImage */
  async update(viewer: Viewer, id: number, read: UploadReader): Promise<AvatarRow> {
    const avatar = await this.getOwn(viewer, id);
    this.store.requireFiles();
    const { file } = await read();
    if (file === null) return avatar;
    const written = await this.replaceContent(avatar, file);
    if (written === undefined) throw await this.notFoundError(avatar.user_id);
    return written;
  }

  /** @throws avatarNotFound, forbidden, noFileUploads */
  async delete(viewer: Viewer, id: number): Promise<void> {
    const avatar = await this.getOwn(viewer, id);
    this.store.requireFiles();
    if (!(await this.deleteFinished(avatar.user_id))) throw avatarNotFound();
  }

  /** Creates or replaces one's own profile image. @throws forbidden, noFileUploads, invalidImage */
  async replaceOwn(viewer: Viewer, userId: string, decode: () => Upload): Promise<AvatarRow> {
    if (viewer.userId !== userId) throw forbidden();
    return this.replace(userId, decode);
  }

  /**
   * Creates or replaces any user's profile image, with an audit entry. @throws userNotFound, noFileUploads,
   * invalidImage
   */
  async replaceAny(actor: Actor, userId: string, decode: () => Upload): Promise<AvatarRow> {
    return this.replace(userId, decode, () => {
      this.audit.record(actor, { action: 'user.update-image', target: userId });
    });
  }

  /**
   * Deletes one's own profile image, or as an administrator any user's. @throws forbidden, internalError if there is
   * no image
   */
  async deleteOfUser(viewer: Viewer, userId: string): Promise<void> {
    if (viewer.userId === userId) await this.deleteAny(userId);
    else if (await this.administrators.includes(viewer.userId))
      await this.deleteAsAdministrator(actorOf(viewer), userId);
    else throw forbidden();
  }

  /** Deletes any user's profile image, with an audit entry. @throws userNotFound, internalError if there is no image */
  async deleteAsAdministrator(actor: Actor, userId: string): Promise<void> {
    await this.deleteAny(userId, () => {
      this.audit.record(actor, { action: 'user.delete-image', target: userId });
    });
  }

  /** Deletes any user's avatar, with an audit entry. @throws avatarNotFound, noFileUploads */
  async deleteAsModerator(actor: Actor, id: number): Promise<void> {
    const { user_id: userId } = await this.get(id);
    this.store.requireFiles();
    const record = () =>
      this.audit.record(actor, { action: 'user.delete-image', target: userId, before: { avatar: id } });
    if (!(await this.deleteFinished(userId, record, id))) throw avatarNotFound();
  }

  private async getOwn(viewer: Viewer, id: number): Promise<AvatarRow> {
    const avatar = await this.get(id);
    if (avatar.user_id !== viewer.userId) throw forbidden();
    return avatar;
  }

  /** Retries while another request creates or deletes the same avatar. */
  private async replace(userId: string, decode: () => Upload, record?: RecordAudit): Promise<AvatarRow> {
    for (let attempt = 0; attempt < RETRY.attempts; attempt++) {
      const found = await this.avatars.findOfUser(userId);
      if (found.kind === 'no-user') throw userNotFound();
      this.store.requireFiles();
      if (found.kind === 'found') {
        const replaced = await this.replaceContent(found.avatar, decode(), record);
        if (replaced !== undefined) return replaced;
        continue;
      }
      const id = await this.avatars.reserve(userId);
      if (id === undefined) {
        await sleep(RETRY.pause);
        continue;
      }
      const created = await this.fillReserved(userId, id, () => Promise.resolve(decode()), record);
      if (created !== undefined) return created;
    }
    throw serviceUnavailable({ retryAfter: 1 });
  }

  /** Uploads the first picture of a reserved avatar. @returns it, as `upload` does */
  private async fillReserved(
    userId: string,
    id: number,
    read: () => Promise<Upload>,
    record?: RecordAudit,
  ): Promise<AvatarRow | undefined> {
    const readDigested = async () => withDigest(await read());
    return this.upload(userId, id, readDigested, record, () => this.avatars.release(userId, id));
  }

  /** The error for an avatar that was deleted before the write. */
  private async notFoundError(userId: string): Promise<Error> {
    return (await this.avatars.findOfUser(userId)).kind === 'no-user' ? userNotFound() : avatarNotFound();
  }

  /**
   * Replaces the picture. If it is the same, the files stay and only the name changes. @returns the avatar; undefined
   * if it was deleted meanwhile
   */
  private async replaceContent(
    avatar: AvatarRow,
    upload: Upload,
    record?: RecordAudit,
  ): Promise<AvatarRow | undefined> {
    const { user_id: userId, id, hash } = avatar;
    const digested = withDigest(upload);
    const isRenamed =
      hash.startsWith(digested.digest) &&
      (await this.transactions.run(async () => {
        if (!(await this.avatars.rename(userId, id, upload.name, hash))) return false;
        record?.();
        return true;
      }));
    if (isRenamed) return { ...avatar, name: upload.name };
    return this.upload(userId, id, () => Promise.resolve(digested), record);
  }

  /** @returns the avatar as it was committed, which may be deleted since; undefined if it was deleted before */
  private async upload(
    userId: string,
    id: number,
    read: () => Promise<DigestedUpload>,
    record?: RecordAudit,
    release?: () => Promise<void>,
  ): Promise<AvatarRow | undefined> {
    const encode = async () => {
      const { name, bytes, digest } = await read();
      const hash = hashOf(digest);
      const pictures = await this.pipeline.avatar(bytes);
      const files = filesOf(pictures);
      const content = { name, format: pictures.full.format, hash, storedBytes: totalBytes(files) };
      return { folder: folderOf(id, hash), files, content };
    };
    const save = async ({ content }: { content: AvatarContent }) => {
      const outcome = await this.avatars.replaceContent(userId, id, content);
      if (outcome.kind === 'no-avatar') return outcome;
      const { formerHash } = outcome;
      if (formerHash !== null) await this.removal.enqueue(folderOf(id, formerHash));
      record?.();
      const { name, format, hash } = content;
      return { ...outcome, avatar: { id, user_id: userId, name, format, hash } };
    };
    const outcome = await this.uploads.run({ encode, save, ...(release && { release }) });
    if (outcome.kind === 'no-avatar') return undefined;
    return outcome.avatar;
  }

  private async deleteAny(userId: string, record?: RecordAudit): Promise<void> {
    if ((await this.avatars.findOfUser(userId)).kind === 'no-user') throw userNotFound();
    this.store.requireFiles();
    // Required by the contract: clients expect an unexpected error for a user without an image.
    if (!(await this.deleteFinished(userId, record))) throw internalError();
  }

  private async deleteFinished(userId: string, record?: RecordAudit, onlyId?: number): Promise<boolean> {
    const isDeleted = await this.transactions.run(async () => {
      if (!(await this.deleteRow(userId, { finished: true }, onlyId))) return false;
      record?.();
      return true;
    });
    this.removal.kick();
    return isDeleted;
  }

  /** Deletes the row and enqueues its files. @returns whether a row was deleted */
  private async deleteRow(userId: string, which: { finished: boolean }, onlyId?: number): Promise<boolean> {
    const id = await this.avatars.delete(userId, which, onlyId);
    if (id !== undefined) await this.removal.enqueue(avatarFolder(id));
    return id !== undefined;
  }
}
