import { join } from 'node:path';
import { addAbortSignal, finished, type Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import pLimit from 'p-limit';
import { Config } from '../config.js';
import { Sql } from '../database/sql.js';
import { today } from '../http/dates.js';
import { ImageStore } from '../images/image-store.js';
import { UsersService } from '../users/users.service.js';
import { ArchiveContent } from './archive-content.js';
import { Archive } from './archive.js';
import { csvOf } from './csv.js';
import { ExportRepository } from './export.repository.js';
import { ExportTurns, type Turn } from './export-turns.js';
import type { ExportFormat, ExportQuery } from './exports.dto.js';
import { myAnimeListOf } from './my-anime-list.js';
import { Spool } from './spool.js';

/** Maximum number of exports of this node that read from the database at one time, each on a connection of the pool. */
const CONCURRENT_READS = 2;
/** Milliseconds after which an export ends, however slowly the client reads. */
const TIME_LIMIT = 60 * 60_000;

/** A file that is sent to a client. */
export interface Download {
  readonly stream: Readable;
  readonly type: string;
  readonly name: string;
  /** Bytes; null if they are not known before the end. */
  readonly length: number | null;
}

const FILES: Record<ExportFormat, { readonly type: string; readonly name: (day: string) => string }> = {
  mal: { type: 'application/xml; charset=utf-8', name: (day) => `tankobon-myanimelist-${day}.xml` },
  csv: { type: 'text/csv; charset=utf-8; header=present', name: (day) => `tankobon-${day}.csv` },
};

/** Exports of a user's data. */
@Injectable()
export class ExportsService {
  private readonly logger = new Logger(ExportsService.name);
  private readonly reading = pLimit(CONCURRENT_READS);

  constructor(
    private readonly config: Config,
    private readonly sql: Sql,
    private readonly store: ImageStore,
    private readonly users: UsersService,
    private readonly rows: ExportRepository,
    private readonly content: ArchiveContent,
    private readonly turns: ExportTurns,
  ) {}

  /**
   * Reads all data in one snapshot, and returns a stream of the file. Errors after that break the stream.
   *
   * @param gone is aborted when the client has gone
   * @throws tooManyRequests, noFileUploads
   */
  async start(userId: string, { format, images }: ExportQuery, gone: AbortSignal): Promise<Download> {
    if (format === undefined && images) this.store.requireFiles();
    const signal = AbortSignal.any([gone, AbortSignal.timeout(TIME_LIMIT)]);
    const turn = await this.turns.take(userId);
    let spool: Spool | undefined;
    try {
      spool = await Spool.create(join(this.config.dataDir, 'exports'));
      const download =
        format === undefined
          ? await this.startArchive(userId, images, spool, turn, signal)
          : await this.startText(userId, format, spool, turn, signal);
      // The client can go before the stream is sent. An error without a listener would end the process.
      download.stream.on('error', () => undefined);
      return download;
    } catch (error) {
      await this.close(spool, turn);
      throw error;
    }
  }

  private async startArchive(
    userId: string,
    images: boolean,
    spool: Spool,
    turn: Turn,
    signal: AbortSignal,
  ): Promise<Download> {
    const content = await this.inSnapshot(signal, () => this.content.read(userId, images, spool, signal));
    const archive = new Archive(signal);
    void this.content
      .write(archive, content, spool)
      .catch((error: Error) => {
        if (!signal.aborted) this.logger.error(error, error.stack);
        archive.output.destroy(error);
      })
      .finally(() => this.close(spool, turn));
    return { stream: archive.output, type: 'application/zip', name: `tankobon-${today()}.zip`, length: null };
  }

  private async startText(
    userId: string,
    format: ExportFormat,
    spool: Spool,
    turn: Turn,
    signal: AbortSignal,
  ): Promise<Download> {
    const part = await this.inSnapshot(signal, async () => {
      const entries = this.rows.entriesOnly(userId);
      if (format === 'csv') return spool.append(csvOf(entries), signal);
      const { username } = await this.users.get(userId);
      return spool.append(myAnimeListOf(username, entries), signal);
    });
    const stream = spool.read(part);
    finished(stream, () => void this.close(spool, turn));
    addAbortSignal(signal, stream);
    const { type, name } = FILES[format];
    return { stream, type, name: name(today()), length: part.end - part.start };
  }

  private async inSnapshot<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return this.reading(() => {
      signal.throwIfAborted();
      return this.sql.snapshot(work);
    });
  }

  private async close(spool: Spool | undefined, turn: Turn): Promise<void> {
    await Promise.allSettled([spool?.close(), turn.release()]);
  }
}
