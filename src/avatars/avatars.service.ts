import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Actor, actorOf, AuditLog } from '../audit/audit-log.js';
import type { Viewer } from '../access/access.js';
import { SessionsService } from '../access/sessions.service.js';
import { Transactions } from '../database/transactions.js';
import { forbidden, internalError, serviceUnavailable, userNotFound } from '../http/app-error.js';
import type { Upload, UploadReader } from '../images/upload.js';
import { FileRemoval } from '../images/file-removal.js';
import { FileSweeper } from '../images/file-sweeper.js';
import { ImagePipeline } from '../images/pipeline.js';
import { bytesOf } from '../images/image-files.js';
import { ImageStore } from '../images/storage.js';
import { AccountDeletion } from '../users/account-deletion.js';
import { digestOf, filesOf, folderOf, hashOf } from './avatar-files.js';
import { AvatarRepository, type AvatarRow } from './avatar.repository.js';
import { avatarExists, avatarNotFound } from './avatars.errors.js';

/** How often somebody else's first upload is waited for, and how long each time, in milliseconds. */
const PATIENCE = { attempts: 20, pause: 250 };

/** Profile images: one for each user, in ten sizes and the original one. */
@Injectable()
export class AvatarsService implements OnModuleInit {
  constructor(
    private readonly avatars: AvatarRepository,
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
    this.sweeper.answersFor('avatars', (folders) => this.avatars.named(folders));
    this.deletion.also(async (em, userId) => {
      await this.letGo(em, await this.avatars.removeWithUser(em, userId));
    });
  }

  /** @throws userNotFound, avatarNotFound */
  async getOfUser(userId: string): Promise<AvatarRow> {
    const avatar = await this.avatars.findOfUser(userId);
    if (avatar === undefined) throw userNotFound();
    if (avatar === null) throw avatarNotFound();
    return avatar;
  }

  /** The user's avatar, or null; also for a user who is not there. */
  async findOfUser(userId: string): Promise<AvatarRow | null> {
    return (await this.avatars.findOfUser(userId)) ?? null;
  }

  /** @throws avatarNotFound */
  async get(id: number): Promise<AvatarRow> {
    const avatar = await this.avatars.find(id);
    if (avatar === undefined) throw avatarNotFound();
    return avatar;
  }

  /** A user's first avatar. @throws forbidden, noFileUploads, avatarExists, missingParameters, invalidImage */
  async create(viewer: Viewer, userId: string, read: UploadReader): Promise<AvatarRow> {
    if (viewer.userId !== userId) throw forbidden();
    this.store.requireFiles();
    const id = await this.avatars.reserve(userId);
    if (id === undefined) throw avatarExists();
    const wasThere = await this.fillReserved(userId, id, async () => (await read()).file as Upload);
    if (!wasThere) throw await this.goneError(userId);
    return this.get(id);
  }

  /** Another picture, if one is sent. @throws avatarNotFound, forbidden, noFileUploads, invalidImage */
  async update(viewer: Viewer, id: number, read: UploadReader): Promise<AvatarRow> {
    const avatar = await this.getOwn(viewer, id);
    this.store.requireFiles();
    const { file } = await read();
    if (file === null) return avatar;
    if (!(await this.refill(avatar, file))) throw await this.goneError(avatar.user_id);
    return this.get(id);
  }

  /** @throws avatarNotFound, forbidden, noFileUploads */
  async delete(viewer: Viewer, id: number): Promise<void> {
    const avatar = await this.getOwn(viewer, id);
    this.store.requireFiles();
    if (!(await this.remove(avatar.user_id))) throw avatarNotFound();
  }

  /** Creates or replaces one's own profile image. @throws forbidden, noFileUploads, invalidImage */
  async replaceOwn(viewer: Viewer, userId: string, decode: () => Upload): Promise<void> {
    if (viewer.userId !== userId) throw forbidden();
    await this.replace(userId, decode);
  }

  /** The same for any user, written down. @throws userNotFound, noFileUploads, invalidImage */
  async replaceAny(actor: Actor, userId: string, decode: () => Upload): Promise<void> {
    await this.replace(userId, decode, (em) => {
      this.audit.write(em, actor, { action: 'user.update-image', target: userId });
    });
  }

  /** Removes one's own profile image, or as an administrator anybody's. @throws forbidden, internalError without one */
  async removeOwn(viewer: Viewer, userId: string): Promise<void> {
    if (viewer.userId === userId) await this.removeAny(userId);
    else if (await this.sessions.isAdministrator(viewer))
      await this.removeAsAdministrator(actorOf(viewer), userId);
    else throw forbidden();
  }

  /** The same for any user, written down. @throws userNotFound, internalError without one */
  async removeAsAdministrator(actor: Actor, userId: string): Promise<void> {
    await this.removeAny(userId, (em) => {
      this.audit.write(em, actor, { action: 'user.delete-image', target: userId });
    });
  }

  private async getOwn(viewer: Viewer, id: number): Promise<AvatarRow> {
    const avatar = await this.get(id);
    if (avatar.user_id !== viewer.userId) throw forbidden();
    return avatar;
  }

  /** Until nobody deletes the avatar, or creates it, in the same moment. */
  private async replace(
    userId: string,
    decode: () => Upload,
    also?: (em: EntityManager) => void,
  ): Promise<void> {
    for (let attempt = 0; attempt < PATIENCE.attempts; attempt++) {
      const avatar = await this.avatars.findOfUser(userId);
      if (avatar === undefined) throw userNotFound();
      this.store.requireFiles();
      if (avatar !== null) {
        if (await this.refill(avatar, decode(), also)) return;
        continue;
      }
      const id = await this.avatars.reserve(userId);
      if (id === undefined) await sleep(PATIENCE.pause);
      else if (await this.fillReserved(userId, id, () => Promise.resolve(decode()), also)) return;
    }
    throw serviceUnavailable({ retryAfter: 1 });
  }

  private async fillReserved(
    userId: string,
    id: number,
    read: () => Promise<Upload>,
    also?: (em: EntityManager) => void,
  ): Promise<boolean> {
    try {
      return await this.fill(userId, id, await read(), also);
    } catch (error) {
      await this.avatars.release(userId, id);
      throw error;
    }
  }

  /** Why the avatar that was to be filled is not there. */
  private async goneError(userId: string): Promise<Error> {
    return (await this.avatars.findOfUser(userId)) === undefined ? userNotFound() : avatarNotFound();
  }

  /** Another picture; the same one again keeps its files. @returns whether the avatar was still there */
  private async refill(
    avatar: AvatarRow,
    upload: Upload,
    also?: (em: EntityManager) => void,
  ): Promise<boolean> {
    const { user_id: userId, id, hash } = avatar;
    const kept =
      hash.startsWith(digestOf(upload.bytes)) &&
      (await this.transactions.run(async (em) => {
        if (!(await this.avatars.rename(em, userId, id, upload.name, hash))) return false;
        also?.(em);
        return true;
      }));
    return kept || this.fill(userId, id, upload, also);
  }

  /**
   * Files first, then the row; what the row named before goes after the commit.
   *
   * @returns whether the avatar was still there
   */
  private async fill(
    userId: string,
    id: number,
    upload: Upload,
    also?: (em: EntityManager) => void,
  ): Promise<boolean> {
    const pictures = await this.pipeline.avatar(upload.bytes);
    const { format } = pictures.full;
    const hash = hashOf(digestOf(upload.bytes));
    try {
      const files = filesOf(pictures);
      await this.store.put(folderOf(id, hash), files);
      const content = { name: upload.name, format, hash, bytes: bytesOf(files) };
      const wasThere = await this.transactions.run(async (em) => {
        const former = await this.avatars.fill(em, userId, id, content);
        if (former === undefined) {
          await this.removal.note(em, folderOf(id, hash));
          return false;
        }
        if (former !== null) await this.removal.note(em, folderOf(id, former));
        also?.(em);
        return true;
      });
      return wasThere;
    } catch (error) {
      await this.discard(folderOf(id, hash));
      throw error;
    } finally {
      this.removal.soon();
    }
  }

  /** Notes files that no row has come to name; should that fail too, the sweeper finds them. */
  private async discard(folder: string): Promise<void> {
    await this.transactions.run((em) => this.removal.note(em, folder)).catch(() => undefined);
  }

  private async removeAny(userId: string, also?: (em: EntityManager) => void): Promise<void> {
    if ((await this.avatars.findOfUser(userId)) === undefined) throw userNotFound();
    this.store.requireFiles();
    // The source says so: a user without an image is an unexpected error to its clients.
    if (!(await this.remove(userId, also))) throw internalError();
  }

  private async remove(userId: string, also?: (em: EntityManager) => void): Promise<boolean> {
    const removed = await this.transactions.run(async (em) => {
      if (!(await this.letGo(em, await this.avatars.remove(em, userId)))) return false;
      also?.(em);
      return true;
    });
    this.removal.soon();
    return removed;
  }

  private async letGo(em: EntityManager, id: number | undefined): Promise<boolean> {
    if (id !== undefined) await this.removal.note(em, `avatars/${id}/`);
    return id !== undefined;
  }
}
