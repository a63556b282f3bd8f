import { type RawBuilder, sql } from 'kysely';
import { unnested } from '../database/expressions.js';
import { statement, tables } from '../database/statement.js';

type Id = number | string;
type Table = 'series_search' | 'volume_search' | 'users';
type Key = 'series_id' | 'volume_id' | 'id';

/** The columns of tables with folded texts: these, and one of the keys. */
interface FoldedRow extends Record<Key, Id> {
  readonly search_text: string;
  readonly search_compact: string;
}

/** A table with folded texts, and the source of its names. */
export interface FoldedSource {
  readonly table: Table;
  /** The primary key. */
  readonly key: Key;
  /** The SQL type of the ids. */
  readonly idType: 'int' | 'text';
  /** SQL expression for the array of a row's names; the table is the relation `r`. */
  readonly names: RawBuilder<string[]>;
}

/** Folded texts as parallel arrays: the elements at one index belong to one row. */
interface FoldedTexts {
  readonly ids: readonly Id[];
  readonly texts: readonly string[];
  readonly compacts: readonly string[];
}

const db = tables<never>().withTables<Record<Table, FoldedRow>>();

/** The statements that update the folded texts of a table. */
export function foldingStatements({ table, key, idType, names }: FoldedSource) {
  const type = sql.raw(idType);
  return {
    /**
     * Selects the names of the next rows by id and locks the rows, so that their names cannot change before `write`.
     */
    lockNames: statement(`search.names-${table}`, ({ after, limit }: { after: Id; limit: number }) =>
      db
        .selectFrom(`${table} as r`)
        .select([`r.${key} as id`, names.as('names')])
        .where(`r.${key}`, '>', sql<Id>`${after}::${type}`)
        .orderBy(`r.${key}`)
        .limit(limit)
        .forNoKeyUpdate('r'),
    ),
    write: statement(`search.fold-${table}`, ({ ids, texts, compacts }: FoldedTexts) =>
      db
        .updateTable(`${table} as r`)
        .from(
          unnested('i', {
            id: [ids, `${idType}[]`],
            text: [texts, 'text[]'],
            compact: [compacts, 'text[]'],
          }),
        )
        .set((eb) => ({ search_text: eb.ref('i.text'), search_compact: eb.ref('i.compact') }))
        .whereRef(`r.${key}`, '=', 'i.id')
        .where((eb) =>
          eb.or([
            eb('r.search_text', '<>', eb.ref('i.text')),
            eb('r.search_compact', '<>', eb.ref('i.compact')),
          ]),
        ),
    ),
  };
}
