import { Injectable } from '@nestjs/common';
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
import type { EntryState, Written } from './entry-statements.js';
import { patchedValues, valuesOf, valuesOfState } from './entry-values.js';
import { endsBeforeStart } from './partial-date.js';
import { applyProgress } from './progress-command.js';
import { ReadRepository } from './read.repository.js';
import { ReadingEntryRepository } from './reading-entry.repository.js';
import { ADDED, DELETED, UPDATED } from './reading-history.messages.js';
import { readingStatusExists, readingStatusMissing } from './reading-history.errors.js';
import { presentEntry } from './reading-history.presenter.js';

/** A bulk while its items are applied. Its transaction holds the counter, so that the entries are those of the database. */
interface Bulk {
  readonly userId: string;
  readonly client: number;
  readonly cause: Cause;
  readonly entries: Map<number, EntryState>;
  readonly knownSeries: ReadonlySet<number>;
}

/** The entry after an item, and the message of the single request. */
interface Applied {
  readonly message: string;
  readonly entry: EntryState | null;
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
    userId: string,
    { client, atomic = false, device, items }: HistoryBulkDto,
  ): Promise<HistoryBulkResultDto> {
    return this.log.exclusively(userId, async () => {
      const { clientKnown } = await this.entries.findBase(userId, 0, client);
      if (!clientKnown) throw unknownClient();
      const id = await this.log.take(userId);
      const seriesIds = [...new Set(items.flatMap((item) => seriesOf(item) ?? []))];
      const bulk: Bulk = {
        userId,
        client,
        cause: { ...requestBy(client, device ?? null), origin: 'bulk', originId: id },
        entries: await this.entries.states(userId, seriesIds),
        knownSeries: await this.entries.knownSeries(seriesIds),
      };
      const results: EntryResultDto[] = [];
      for (const [index, item] of items.entries()) results.push(await this.resultOf(bulk, item, index));
      requireAll(results, atomic, nothingChanged);
      return { id, results };
    });
  }

  private async resultOf(bulk: Bulk, value: unknown, index: number): Promise<EntryResultDto> {
    const target = { index, op: operationOf(value), series_id: seriesOf(value) };
    try {
      const parsed = await parseItem<EntryItem>(value, ENTRY_OPERATIONS);
      if (parsed.kind === 'invalid') throw parsed.error;
      const { message, entry } = await this.apply(bulk, givenFields(parsed.item, value));
      const version = entry?.version ?? null;
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
    return this.save(bulk, item.series_id, state, values);
  }

  private async delete(bulk: Bulk, state: EntryState | null): Promise<Applied> {
    if (state === null) throw readingStatusMissing();
    const former = state.former_reads === 0 ? [] : await this.reads.list(bulk.userId, state.series_id);
    await this.entries.delete(state, former, bulk.cause);
    bulk.entries.delete(state.series_id);
    return { message: DELETED, entry: null };
  }

  private async progress(bulk: Bulk, item: ProgressItemDto, state: EntryState | null): Promise<Applied> {
    const { mode: operation, value, progressType, date = null } = item;
    const outcome = applyProgress(state, { operation, value, progressType, date, client: bulk.client });
    if (outcome.kind === 'too-large') throw badRequest([invalid('value', 'makes the counter too large')]);
    if (outcome.kind === 'unchanged') return { message: UPDATED, entry: state };
    return this.save(bulk, item.series_id, state, outcome.values);
  }

  private async patch(bulk: Bulk, item: PatchEntryItemDto, state: EntryState | null): Promise<Applied> {
    if (state === null) throw readingStatusMissing();
    const values = patchedValues(state, item, bulk.client);
    if (values === null) throw badRequest([invalid('progress', 'contradicts the counters')]);
    const { start, end } = values;
    if (start !== null && end !== null && endsBeforeStart(start, end))
      throw badRequest([invalid('end', 'must not lie before start')]);
    const former: Written = { ...valuesOfState(state), client_id: bulk.client };
    const isChanged = Object.entries(values).some(([name, value]) => former[name as keyof Written] !== value);
    return isChanged ? this.save(bulk, item.series_id, state, values) : { message: UPDATED, entry: state };
  }

  private async save(
    { userId, cause, entries, knownSeries }: Bulk,
    seriesId: number,
    state: EntryState | null,
    values: Written,
  ): Promise<Applied> {
    if (!knownSeries.has(seriesId)) throw seriesNotFound();
    const outcome =
      state === null
        ? await this.entries.add(userId, seriesId, values, cause)
        : await this.entries.update(userId, seriesId, values, cause);
    if (outcome.kind !== 'written') throw unknownClient();
    entries.set(seriesId, outcome.entry);
    return { message: state === null ? ADDED : UPDATED, entry: outcome.entry };
  }
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
