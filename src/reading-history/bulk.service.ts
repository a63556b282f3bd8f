import { Injectable } from '@nestjs/common';
import type { Viewer } from '../access/access.js';
import { failureOf, type ItemOutcome, parseItem, requireAll } from '../bulk/bulk-items.js';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import { unknownClient } from '../clients/clients.errors.js';
import { parseId } from '../http/ids.js';
import { badRequest, invalid } from '../http/problems.js';
import { type Cause, requestBy } from '../reader-log/log-statements.js';
import { ReaderLog } from '../reader-log/reader-log.js';
import {
  type AddEntryItemDto,
  ENTRY_OPERATIONS,
  type EntryItem,
  type EntryResultDto,
  type HistoryBulkDto,
  type HistoryBulkResultDto,
  type PatchEntryItemDto,
  type ProgressItemDto,
} from './bulk.dto.js';
import { nothingChanged } from './bulk.errors.js';
import { requireMatch } from './entry-condition.js';
import { EntryBatch } from './entry-batch.js';
import type { EntryState, Written } from './entry-statements.js';
import { patchedValues, valuesOf, valuesOfState } from './entry-values.js';
import { endsBeforeStart } from './partial-date.js';
import { applyProgress } from './progress-command.js';
import { ReadRepository } from './read.repository.js';
import { ReadingEntryRepository } from './reading-entry.repository.js';
import { ADDED, DELETED, UPDATED } from './reading-history.messages.js';
import { readingStatusExists, readingStatusMissing } from './reading-history.errors.js';
import { presentEntry } from './reading-history.presenter.js';

/**
 * A bulk while its items are applied. Its transaction holds the counter, so that the entries are those of the database.
 */
interface Bulk {
  readonly userId: string;
  readonly client: number;
  /** The entries as they are stored. An item sees those of its series after all changes. */
  readonly entries: Map<number, EntryState>;
  readonly knownSeries: ReadonlySet<number>;
  readonly batch: EntryBatch;
}

/** The message of the single request, and the entry's version after the item; null for a deleted one. */
interface Applied {
  readonly message: string;
  readonly version: number | null;
}

/** Applies many changes of entries in one transaction. */
@Injectable()
export class BulkService {
  constructor(
    private readonly entries: ReadingEntryRepository,
    private readonly reads: ReadRepository,
    private readonly log: ReaderLog,
  ) {}

  /** @throws unknownClient, nothingChanged */
  async run(
    viewer: Viewer,
    { client, atomic = false, device, items }: HistoryBulkDto,
  ): Promise<HistoryBulkResultDto> {
    const { userId } = viewer;
    return this.log.exclusively(userId, async () => {
      const { clientKnown } = await this.entries.findBase(userId, 0, client);
      if (!clientKnown) throw unknownClient();
      const id = await this.log.take(userId);
      const seriesIds = [...new Set(items.flatMap((item) => seriesOf(item) ?? []))];
      const cause: Cause = { ...requestBy(viewer, client, device ?? null), origin: 'bulk', originId: id };
      const bulk: Bulk = {
        userId,
        client,
        entries: await this.entries.states(userId, seriesIds),
        knownSeries: await this.entries.knownSeries(seriesIds),
        batch: new EntryBatch(this.entries, { userId, client, cause }, id),
      };
      const results: EntryResultDto[] = [];
      for (const [index, item] of items.entries()) {
        const isPending = bulk.batch.has(seriesOf(item) ?? 0);
        if (isPending || operationOf(item) === 'delete') await write(bulk);
        results.push(await this.resultOf(bulk, item, index));
      }
      await write(bulk);
      requireAll(results, atomic, nothingChanged);
      return { id, results };
    });
  }

  private async resultOf(bulk: Bulk, value: unknown, index: number): Promise<EntryResultDto> {
    const target = { index, op: operationOf(value), series_id: seriesOf(value) };
    try {
      const parsed = await parseItem<EntryItem>(value, ENTRY_OPERATIONS);
      if (parsed.kind === 'invalid') throw parsed.error;
      const { message, version } = await this.apply(bulk, givenFields(parsed.item, value));
      return { ...target, code: 200, data: message, version, errors: null };
    } catch (error) {
      return { ...target, ...failedResult(failureOf(error), bulk.entries.get(target.series_id ?? 0)) };
    }
  }

  private async apply(bulk: Bulk, item: EntryItem): Promise<Applied> {
    const state = bulk.entries.get(item.series_id) ?? null;
    const { if_version: version } = item;
    if (version !== undefined && item.op !== 'add') {
      requireMatch(state, { kind: 'tags', tags: [String(version)] });
    }
    if (item.op === 'delete') return this.delete(bulk, state);
    if (item.op === 'progress') return this.progress(bulk, item, state);
    if (item.op === 'patch') return this.patch(bulk, item, state);
    if (item.op === 'add' && state !== null) throw readingStatusExists();
    if (item.op === 'update' && state === null) throw readingStatusMissing();
    const values = valuesOf({ ...(item as AddEntryItemDto), client: bulk.client }, state);
    return save(bulk, item.series_id, state, values);
  }

  private async delete(bulk: Bulk, state: EntryState | null): Promise<Applied> {
    if (state === null) throw readingStatusMissing();
    const former = state.former_reads === 0 ? [] : await this.reads.list(bulk.userId, state.series_id);
    await bulk.batch.delete(state, former);
    bulk.entries.delete(state.series_id);
    return { message: DELETED, version: null };
  }

  private progress(bulk: Bulk, item: ProgressItemDto, state: EntryState | null): Applied {
    const { mode: operation, value, progressType, date = null } = item;
    const outcome = applyProgress(state, { operation, value, progressType, date, client: bulk.client });
    if (outcome.kind === 'too-large') throw badRequest([invalid('value', 'makes the counter too large')]);
    if (outcome.kind === 'unchanged') return unchanged(state);
    return save(bulk, item.series_id, state, outcome.values, true);
  }

  private patch(bulk: Bulk, item: PatchEntryItemDto, state: EntryState | null): Applied {
    if (state === null) throw readingStatusMissing();
    const values = patchedValues(state, item, bulk.client);
    if (values === null) throw badRequest([invalid('progress', 'contradicts the counters')]);
    const { start, end } = values;
    if (start !== null && end !== null && endsBeforeStart(start, end))
      throw badRequest([invalid('end', 'must not lie before start')]);
    const former: Written = { ...valuesOfState(state), client_id: bulk.client };
    const isChanged = Object.entries(values).some(([name, value]) => former[name as keyof Written] !== value);
    return isChanged ? save(bulk, item.series_id, state, values) : unchanged(state);
  }
}

/** Writes the changes of the batch. @throws unknownClient if the client was disabled meanwhile */
async function write({ batch, entries }: Bulk): Promise<void> {
  const written = await batch.write();
  if (written === null) throw unknownClient();
  for (const entry of written) entries.set(entry.series_id, entry);
}

/** Adds or replaces the entry with the next batch. @throws seriesNotFound */
function save(
  { batch, knownSeries }: Bulk,
  seriesId: number,
  state: EntryState | null,
  values: Written,
  isProgress = false,
): Applied {
  if (!knownSeries.has(seriesId)) throw seriesNotFound();
  const isNew = state === null;
  const version = batch.push({ seriesId, values, isNew, isProgress });
  return { message: isNew ? ADDED : UPDATED, version };
}

function unchanged(state: EntryState | null): Applied {
  return { message: UPDATED, version: state?.version ?? null };
}

function failedResult({ code, data, errors }: ItemOutcome, entry: EntryState | undefined) {
  const shown =
    code === 409 || code === 412 ? { entry: entry === undefined ? null : presentEntry(entry) } : {};
  return { code, data, version: null, errors, ...shown };
}

/** A patch without the defaults of the fields that it does not have. Other items are returned unchanged. */
function givenFields(item: EntryItem, value: unknown): EntryItem {
  if (item.op !== 'patch') return item;
  const given = new Set(Object.keys(value as object));
  if (given.has('progress_type')) given.add('progressType');
  return Object.fromEntries(Object.entries(item).filter(([name]) => given.has(name))) as unknown as EntryItem;
}

/** The operation of an item; null if it is unknown. */
function operationOf(item: unknown): string | null {
  const op = (item as { op?: unknown } | null)?.op;
  return typeof op === 'string' && Object.hasOwn(ENTRY_OPERATIONS, op) ? op : null;
}

/** The series of an item; null if it names none. */
function seriesOf(item: unknown): number | null {
  const id = (item as { series_id?: unknown } | null)?.series_id;
  return typeof id === 'number' ? parseId(id) || null : null;
}
