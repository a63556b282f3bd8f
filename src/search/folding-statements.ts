import { type RawBuilder, sql } from 'kysely';
import { statement, tables } from '../database/statement.js';

type Id = number | string;
type Table = 'series' | 'volumes' | 'users';

/** The columns that every table with folded texts has. */
interface FoldedRow {
  readonly id: Id;
  readonly search_text: string;
  readonly search_compact: string;
}

/** Where the names are that a table's texts are folded from. */
export interface FoldedSource {
  readonly table: Table;
  /** The type of the ids in SQL. */
  readonly idType: 'int' | 'text';
  /** An array of the names, from the columns of the table as the relation `r`. */
  readonly names: RawBuilder<string[]>;
}

/** Folded texts as columns: the elements of one index belong to one row. */
interface FoldedTexts {
  readonly ids: readonly Id[];
  readonly texts: readonly string[];
  readonly compacts: readonly string[];
}

const db = tables<never>().withTables<Record<Table, FoldedRow>>();

/** The statements that fold the texts of a table again. */
export function foldingStatements({ table, idType, names }: FoldedSource) {
  const type = sql.raw(idType);
  return {
    /** The names of the next rows in the order of their ids, which are locked until the texts are written. */
    lockNames: statement(`search.names-${table}`, ({ after, limit }: { after: Id; limit: number }) =>
      db
        .selectFrom(`${table} as r`)
        .select(['r.id', names.as('names')])
        .where('r.id', '>', sql<Id>`${after}::${type}`)
        .orderBy('r.id')
        .limit(limit)
        .forNoKeyUpdate('r'),
    ),
    write: statement(`search.fold-${table}`, ({ ids, texts, compacts }: FoldedTexts) =>
      db
        .updateTable(`${table} as r`)
        .from(
          // Kysely has no form for a function of several arrays.
          sql<{
            id: Id;
            text: string;
            compact: string;
          }>`unnest(${ids}::${type}[], ${texts}::text[], ${compacts}::text[])`.as<'i'>(
            sql`i (id, text, compact)`,
          ),
        )
        .set((eb) => ({ search_text: eb.ref('i.text'), search_compact: eb.ref('i.compact') }))
        .whereRef('r.id', '=', 'i.id')
        .where((eb) =>
          eb.or([
            eb('r.search_text', '<>', eb.ref('i.text')),
            eb('r.search_compact', '<>', eb.ref('i.compact')),
          ]),
        ),
    ),
  };
}
