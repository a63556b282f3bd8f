import { describe, expect, it } from 'vitest';
import type { ImportedEntry } from '../../src/imports/formats/imported-row.js';
import { fileEntry, type FileOptions, mergeFileEntries } from '../../src/imports/planning/file-entry.js';
import {
  type PlannedEntry,
  planEntry,
  STRATEGIES,
  type Strategy,
} from '../../src/imports/planning/plan-entry.js';
import type { Written } from '../../src/reading-history/entry-statements.js';
import { countersOf, withCounters } from '../../src/reading-history/entry-values.js';
import type { ReadValues } from '../../src/reading-history/read-statements.js';

const OPTIONS: FileOptions = { format: 'tankobon', scale: 10, keepExtras: false };
const ADDED = { visibility: 'private', clientId: 1 } as const;

const VALUES: Written = {
  visibility: 'public',
  progress_type: 'chapters',
  progress: 10,
  other_progress: null,
  status: 'started',
  reread: 1,
  score: null,
  priority: 'low',
  start: null,
  end: null,
  notes: null,
  client_id: 9,
};

type Fields = Partial<Omit<Written, 'progress' | 'other_progress'>> & {
  chapters?: number | null;
  volumes?: number | null;
};

/** An entry of the reader's, whose defaults are `VALUES`. */
function entry(
  { chapters = 10, volumes = null, ...fields }: Fields = {},
  reads: ReadValues[] = [],
): PlannedEntry {
  const values = withCounters({ ...VALUES, ...fields }, { chapters, volumes });
  return { values, reads, formerReads: reads.length, created: null };
}

function file(fields: ImportedEntry, options: Partial<FileOptions> = {}, extras: string[] = []) {
  return fileEntry(fields, extras, { ...OPTIONS, ...options }, null);
}

/** The fields of an entry after a row; null if the entry is unchanged. */
function after(before: PlannedEntry | null, fields: ImportedEntry, strategy: Strategy) {
  const planned = planEntry(before, file(fields), strategy, ADDED);
  if (planned === before) return null;
  const { progress: _, other_progress: __, client_id: ___, ...rest } = planned.values;
  return { ...rest, ...countersOf(planned.values), reads: planned.formerReads };
}

const read = (fields: Partial<ReadValues> = {}): ReadValues => ({
  status: 'completed',
  start: null,
  end: null,
  chapters: null,
  volumes: null,
  score: null,
  notes: null,
  ...fields,
});

describe('a new entry', () => {
  it('has the fields of the file and the defaults of the others, under each strategy', () => {
    for (const strategy of STRATEGIES) {
      expect(after(null, {}, strategy)).toEqual({
        visibility: 'private',
        progress_type: 'chapters',
        chapters: 0,
        volumes: null,
        status: 'started',
        reread: 0,
        score: null,
        priority: 'mid',
        start: null,
        end: null,
        notes: null,
        reads: 0,
      });
      const fields = {
        status: 'completed',
        chapters: 700,
        volumes: 72,
        reread: 2,
        score: { value: 9, maximum: 10 },
        start: '2020',
        end: '2021-02',
        priority: 'high',
        notes: 'good',
        visibility: 'public',
      } as const;
      expect(after(null, fields, strategy)).toEqual({
        ...fields,
        score: 9,
        progress_type: 'chapters',
        reads: 0,
      });
    }
  });

  it('counts volumes where the file has no chapters', () => {
    expect(after(null, { volumes: 3 }, 'furthest')).toMatchObject({
      progress_type: 'volumes',
      chapters: null,
    });
  });

  it('has a former read where the file says that it is being read again', () => {
    expect(after(null, { status: 'started', isRereading: true }, 'furthest')).toMatchObject({ reads: 1 });
  });

  it('is as private as the request says, unless the file of this service says otherwise', () => {
    const planned = (format: 'anilist' | 'tankobon', visibility: 'private' | 'public') =>
      planEntry(null, file({ visibility }, { format }), 'furthest', { visibility: 'public', clientId: 1 })
        .values.visibility;
    expect(planned('anilist', 'private')).toBe('private');
    expect(planned('anilist', 'public')).toBe('public');
    expect(
      planEntry(null, file({ visibility: 'public' }, { format: 'anilist' }), 'skip', ADDED).values,
    ).toMatchObject({
      visibility: 'private',
    });
    expect(planEntry(null, file({ visibility: 'public' }), 'skip', ADDED).values.visibility).toBe('public');
  });
});

/**
 * Each case: a field, before, in the file, and after each strategy that is not `skip`; null if the entry is unchanged.
 */
const CASES: readonly [
  name: string,
  before: Fields,
  given: ImportedEntry,
  expected: Record<Exclude<Strategy, 'skip'>, Fields | null>,
][] = [
  [
    'a larger counter',
    {},
    { chapters: 12 },
    { fill: null, furthest: { chapters: 12 }, replace: { chapters: 12 } },
  ],
  ['a smaller counter', {}, { chapters: 8 }, { fill: null, furthest: null, replace: { chapters: 8 } }],
  [
    'a new counter',
    {},
    { volumes: 3 },
    { fill: { volumes: 3 }, furthest: { volumes: 3 }, replace: { volumes: 3 } },
  ],
  [
    'a new counter of 0',
    {},
    { volumes: 0 },
    { fill: { volumes: 0 }, furthest: null, replace: { volumes: 0 } },
  ],
  ['the same counter', { volumes: 3 }, { volumes: 3 }, { fill: null, furthest: null, replace: null }],
  ['a status', {}, { status: 'paused' }, { fill: null, furthest: null, replace: { status: 'paused' } }],
  [
    'a status with a larger counter',
    {},
    { status: 'dropped', chapters: 11 },
    {
      fill: null,
      furthest: { status: 'dropped', chapters: 11 },
      replace: { status: 'dropped', chapters: 11 },
    },
  ],
  [
    'completed',
    {},
    { status: 'completed' },
    { fill: null, furthest: { status: 'completed' }, replace: { status: 'completed' } },
  ],
  [
    'a status for a completed entry',
    { status: 'completed' },
    { status: 'started', chapters: 11 },
    { fill: null, furthest: { chapters: 11 }, replace: { status: 'started', chapters: 11 } },
  ],
  ['a larger reread', {}, { reread: 2 }, { fill: null, furthest: { reread: 2 }, replace: { reread: 2 } }],
  ['a smaller reread', {}, { reread: 0 }, { fill: null, furthest: null, replace: { reread: 0 } }],
  [
    'a first score',
    {},
    { score: { value: 8, maximum: 10 } },
    { fill: { score: 8 }, furthest: { score: 8 }, replace: { score: 8 } },
  ],
  [
    'another score',
    { score: 5 },
    { score: { value: 8, maximum: 10 } },
    { fill: null, furthest: null, replace: { score: 8 } },
  ],
  [
    'dates',
    {},
    { start: '2020', end: '2021' },
    {
      fill: { start: '2020', end: '2021' },
      furthest: { start: '2020', end: '2021' },
      replace: { start: '2020', end: '2021' },
    },
  ],
  [
    'a longer time',
    { start: '2020-05', end: '2021' },
    { start: '2020-04-30', end: '2021-02' },
    {
      fill: null,
      furthest: { start: '2020-04-30', end: '2021-02' },
      replace: { start: '2020-04-30', end: '2021-02' },
    },
  ],
  [
    'a shorter time',
    { start: '2020', end: '2022' },
    { start: '2020-02', end: '2021' },
    { fill: null, furthest: null, replace: { start: '2020-02', end: '2021' } },
  ],
  [
    'an end before the start',
    { start: '2022' },
    { end: '2021' },
    { fill: null, furthest: null, replace: null },
  ],
  [
    'longer notes',
    { notes: 'a' },
    { notes: 'bc' },
    { fill: null, furthest: { notes: 'bc' }, replace: { notes: 'bc' } },
  ],
  [
    'shorter notes',
    { notes: 'abc' },
    { notes: 'de' },
    { fill: null, furthest: null, replace: { notes: 'de' } },
  ],
  [
    'first notes',
    {},
    { notes: 'a' },
    { fill: { notes: 'a' }, furthest: { notes: 'a' }, replace: { notes: 'a' } },
  ],
  ['a priority', {}, { priority: 'high' }, { fill: null, furthest: null, replace: { priority: 'high' } }],
  [
    'a private flag',
    {},
    { visibility: 'private' },
    { fill: null, furthest: null, replace: { visibility: 'private' } },
  ],
  [
    'a public flag for a private entry',
    { visibility: 'private' },
    { visibility: 'public' },
    { fill: null, furthest: null, replace: null },
  ],
  [
    'another type of progress',
    { volumes: 2 },
    { progressType: 'volumes' },
    { fill: null, furthest: null, replace: { progress_type: 'volumes' } },
  ],
];

describe('an entry that exists', () => {
  for (const [name, before, given, expected] of CASES) {
    it(`takes ${name} as the strategy says`, () => {
      const present = entry({ ...before });
      expect(after(present, given, 'skip')).toBeNull();
      for (const strategy of ['fill', 'furthest', 'replace'] as const) {
        const changes = expected[strategy];
        const { progress: _, other_progress: __, client_id: ___, ...rest } = present.values;
        const unchanged = { ...rest, ...countersOf(present.values), reads: 0 };
        expect(after(present, given, strategy), strategy).toEqual(changes && { ...unchanged, ...changes });
      }
    });
  }

  it('is the same after the same row for the second time', () => {
    for (const [, before, given] of CASES) {
      for (const strategy of STRATEGIES) {
        const once = planEntry(entry({ ...before }), file(given), strategy, ADDED);
        expect(planEntry(once, file(given), strategy, ADDED)).toBe(once);
        const added = planEntry(null, file(given), strategy, ADDED);
        expect(planEntry(added, file(given), strategy, ADDED)).toBe(added);
      }
    }
  });

  it('gets a former read for reading again only if it has none', () => {
    const again = { status: 'started', isRereading: true } as const;
    expect(after(entry(), again, 'furthest')).toMatchObject({ reads: 1 });
    expect(after(entry(), again, 'replace')).toMatchObject({ reads: 1 });
    expect(after(entry(), again, 'fill')).toBeNull();
    expect(after(entry({}, [read({ start: '2020' })]), again, 'furthest')).toBeNull();
  });

  it('gets the reads that it lacks', () => {
    const reads = [read({ start: '2019' }), read({ start: '2020' })] as never[];
    const present = entry({}, [read({ start: '2020' })]);
    const planned = planEntry(present, file({ reads }), 'furthest', ADDED);
    expect(planned.reads.map(({ start }) => start)).toEqual(['2020', '2019']);
    expect(planEntry(planned, file({ reads }), 'furthest', ADDED)).toBe(planned);
    expect(planEntry(present, file({ reads }), 'fill', ADDED)).toBe(present);
  });

  it('keeps its reread under `replace` if the file has the number of former reads', () => {
    const present = entry({ reread: 0 }, [read(), read()]);
    expect(after(present, { reread: 2 }, 'replace')).toBeNull();
    expect(after(present, { reread: 2 }, 'furthest')).toBeNull();
  });

  it('keeps what another site leaves empty', () => {
    const present = entry({ score: 7, notes: 'mine', start: '2020' });
    const empty = { score: null, notes: null, start: null, end: null };
    expect(planEntry(present, file(empty, { format: 'anilist' }), 'replace', ADDED)).toBe(present);
    expect(after(present, empty, 'replace')).toMatchObject({ score: null, notes: null, start: null });
  });

  it('gets a volume that was read, and never fewer', () => {
    const volume = fileEntry({}, [], OPTIONS, 5);
    const plan = (volumes: number | null, strategy: Strategy) =>
      countersOf(planEntry(entry({ volumes }), volume, strategy, ADDED).values).volumes;
    expect(STRATEGIES.map((strategy) => plan(null, strategy))).toEqual([null, 5, 5, 5]);
    expect(STRATEGIES.map((strategy) => plan(3, strategy))).toEqual([3, 3, 5, 5]);
    expect(STRATEGIES.map((strategy) => plan(9, strategy))).toEqual([9, 9, 9, 9]);
  });
});

describe('the fields of a file', () => {
  it('are lost where they are invalid', () => {
    expect(
      file({
        chapters: -1,
        volumes: 100_000,
        reread: 1.5,
        start: '2020-13',
        end: '20',
        score: { value: 11, maximum: 10 },
      }),
    ).toMatchObject({
      chapters: undefined,
      volumes: undefined,
      reread: undefined,
      start: undefined,
      end: undefined,
      score: undefined,
    });
    expect(file({ start: '2021', end: '2020' })).toMatchObject({ start: '2021', end: undefined });
  });

  it('have notes of at most 10,000 characters, with the extras if they are kept', () => {
    const astral = '𠮷'.repeat(10_001);
    expect([...(file({ notes: astral }).notes ?? '')]).toHaveLength(10_000);
    expect(file({ notes: 'a' }, { keepExtras: true }, ['Tags: b', 'c: d']).notes).toBe('a\n\nTags: b\nc: d');
    expect(file({ notes: 'a' }, {}, ['Tags: b']).notes).toBe('a');
    expect(file({}, { keepExtras: true }, ['Tags: b']).notes).toBe('Tags: b');
  });
});

describe('two rows for one series', () => {
  it('are the furthest of both', () => {
    const one = file({
      status: 'paused',
      chapters: 10,
      start: '2021',
      end: '2022',
      notes: 'long',
      reread: 1,
    });
    const other = file({
      status: 'started',
      chapters: 12,
      volumes: 2,
      start: '2020',
      notes: 'b',
      priority: 'high',
    });
    const expected = {
      status: 'started',
      chapters: 12,
      volumes: 2,
      start: '2020',
      end: '2022',
      notes: 'long',
      reread: 1,
      priority: 'high',
    };
    expect(mergeFileEntries(one, other)).toMatchObject(expected);
    expect(mergeFileEntries(other, one)).toMatchObject(expected);
    const completed = file({ status: 'completed', chapters: 1 });
    expect(mergeFileEntries(completed, other)).toMatchObject({ status: 'completed', chapters: 12 });
  });
});

describe('the former reads of an entry', () => {
  const read = (notes: string): ReadValues => ({
    status: 'completed',
    start: null,
    end: null,
    chapters: null,
    volumes: null,
    score: null,
    notes,
  });

  it.each([
    [199, 200],
    [200, 200],
    [230, 230],
  ])('of which there are %i become %i by a file with 40 others', (former, expected) => {
    const reads = Array.from({ length: former }, (_, index) => read(`former ${index}`));
    const others = Array.from({ length: 40 }, (_, index) => ({
      ...read(`other ${index}`),
      status: 'completed' as const,
    }));
    const after = planEntry(entry({}, reads), file({ reads: others }), 'furthest', ADDED);
    expect(after.formerReads).toBe(expected);
    expect(after.reads).toHaveLength(expected);
  });
});
