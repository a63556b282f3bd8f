import { Injectable } from '@nestjs/common';
import { serviceUnavailable } from '../../http/app-error.js';
import { toAppError } from '../../http/to-app-error.js';
import { LineFault, parseCatalogLine, type ParsedLine, type SeriesRecord } from './catalog-line.js';
import { ImportRepository, type Known } from './import.repository.js';
import { linesOf, unzipped } from './line-reader.js';

/** A line that was not stored. */
export interface RefusedLine {
  readonly line: number;
  readonly reason: string;
}

/** A part of a stored line that was left out. */
export type LineWarning = RefusedLine;

/** The listeners of an import. */
interface ImportOptions {
  /** Called for each refused line; the order is not that of the file. */
  readonly onRefused: (refused: RefusedLine) => void;
  /** Called for each part of a line that was left out. */
  readonly onWarning?: (warning: LineWarning) => void;
}

/** The result of an import. */
export interface ImportReport {
  /** Number of series that are new or have changed. */
  readonly series: number;
  /** Number of their volumes. */
  readonly volumes: number;
  /** Number of lines with an unchanged digest. */
  readonly unchanged: number;
  /** Number of refused lines; each was passed to `onRefused`. */
  readonly refused: number;
  /** External ids of existing series that have changed. */
  readonly updated: readonly string[];
}

type NumberedRecord = ParsedLine & { readonly line: number };

/** Lines per transaction. More lines increase throughput, memory and the time for which locks are held. */
const BATCH = 100;

/** Imports catalog files; streaming and idempotent. */
@Injectable()
export class CatalogImporter {
  constructor(private readonly repository: ImportRepository) {}

  /**
   * Imports newline-delimited JSON, gzipped or not, in constant memory. Each batch of lines is a transaction, or part
   * of the caller's transaction if one is open.
   *
   * @param source the file's bytes
   * @throws if the source or the database fails; committed batches remain
   */
  async import(source: AsyncIterable<Buffer>, options: ImportOptions): Promise<ImportReport> {
    const run = new ImportRun(this.repository, options);
    for await (const line of linesOf(unzipped(source))) {
      if ('fault' in line) run.refuse(line.number, line.fault);
      else await run.add(line.number, line.text);
    }
    await run.flush();
    const report = run.report();
    await this.repository.notify(report.updated);
    return report;
  }
}

class ImportRun {
  private batch: NumberedRecord[] = [];
  private readonly keys = new Set<string>();
  private series = 0;
  private volumes = 0;
  private unchanged = 0;
  private refused = 0;
  private readonly updated: string[] = [];

  constructor(
    private readonly repository: ImportRepository,
    private readonly options: ImportOptions,
  ) {}

  report(): ImportReport {
    const { series, volumes, unchanged, refused, updated } = this;
    return { series, volumes, unchanged, refused, updated };
  }

  refuse(line: number, reason: string): void {
    this.refused++;
    this.options.onRefused({ line, reason });
  }

  async add(line: number, text: string): Promise<void> {
    let parsed: ParsedLine;
    try {
      parsed = parseCatalogLine(text);
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      return this.refuse(line, error.message);
    }
    const { record } = parsed;
    // `ON CONFLICT DO UPDATE` cannot change a row twice in one statement: a repeated key begins a new batch.
    const keys = [`s${record.external_id}`, ...record.volumes.map(({ external_id }) => `v${external_id}`)];
    if (keys.some((key) => this.keys.has(key))) await this.flush();
    for (const key of keys) this.keys.add(key);
    this.batch.push({ line, ...parsed });
    if (this.batch.length >= BATCH) await this.flush();
  }

  async flush(): Promise<void> {
    const { batch } = this;
    this.batch = [];
    this.keys.clear();
    if (batch.length > 0) await this.store(batch);
  }

  private async store(batch: readonly NumberedRecord[]): Promise<void> {
    let classified: ClassifiedBatch;
    try {
      classified = await this.repository.store(batch, (known) => classify(batch, known));
    } catch (error) {
      if (toAppError(error).definition.status === serviceUnavailable.status) throw error;
      // One of the lines cannot be stored. Storing each line alone finds it and stores the others.
      const [only] = batch;
      if (only !== undefined && batch.length === 1) return this.refuse(only.line, 'the database refused it');
      for (const item of batch) await this.store([item]);
      return;
    }
    for (const { line, fault } of classified.faulty) this.refuse(line, fault);
    for (const { line, warnings } of classified.changed)
      for (const reason of warnings) this.options.onWarning?.({ line, reason });
    this.series += classified.changed.length;
    this.volumes += classified.changed.reduce((sum, { record }) => sum + record.volumes.length, 0);
    this.unchanged += classified.unchanged;
    this.updated.push(...classified.updated);
  }
}

interface ClassifiedBatch {
  readonly changed: readonly NumberedRecord[];
  readonly faulty: readonly { readonly line: number; readonly fault: string }[];
  readonly unchanged: number;
  readonly updated: readonly string[];
}

/** Divides a batch into changed, faulty and unchanged lines by comparison with the database. */
function classify(batch: readonly NumberedRecord[], known: Known): ClassifiedBatch {
  const changed: NumberedRecord[] = [];
  const faulty: { line: number; fault: string }[] = [];
  for (const item of batch) {
    const fault = faultOf(item.record, known);
    if (fault !== null) faulty.push({ line: item.line, fault });
    else if (known.digests.get(item.record.external_id) !== item.record.digest) changed.push(item);
  }
  const updated = changed
    .map(({ record }) => record.external_id)
    .filter((externalId) => known.digests.has(externalId));
  return { changed, faulty, unchanged: batch.length - changed.length - faulty.length, updated };
}

function faultOf(
  { external_id: series, client_id: client, volumes }: SeriesRecord,
  known: Known,
): string | null {
  if (client !== null && !known.clients.has(client)) return `client ${client} is not registered`;
  const foreign = volumes.find(
    ({ external_id }) => (known.volumeOwners.get(external_id) ?? series) !== series,
  );
  return foreign === undefined ? null : `volume ${foreign.external_id} belongs to another series`;
}
