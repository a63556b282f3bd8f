import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { statement, statementFamily, tables } from '../../src/database/statement.js';

const db = tables<never>().withTables<{ notes: { id: number; text: string } }>();

describe('statement', () => {
  it('numbers a parameter once, however often it occurs', () => {
    const found = statement('notes.twice', ({ id, text }: { id: number; text: string }) =>
      db
        .selectFrom('notes')
        .select('id')
        .where((eb) => eb.or([eb('id', '=', id), eb('text', '=', text), eb('id', '>', id)])),
    );
    expect(found.parameters).toEqual(['id', 'text']);
    expect(found.text).toMatch(/"id" = \$1 .*"text" = \$2 .*"id" > \$1/);
  });

  it('rejects a value that is not a parameter', () => {
    expect(() =>
      statement('notes.value', () => db.selectFrom('notes').select('id').where('id', '=', 7)),
    ).toThrow(TypeError);
  });
});

describe('statementFamily', () => {
  const family = statementFamily(
    'notes.page',
    ({ descending, marks }: { descending: boolean; marks: boolean }, { id }: { id: number }) =>
      db
        .selectFrom('notes')
        .select('text')
        .where('id', '>', id)
        .orderBy(descending ? sql`id desc` : sql`id`)
        .$if(marks && descending, (query) => query.select(sql.lit('!').as('mark'))),
  );

  it('compiles each variant once', () => {
    expect(family.of({ descending: true, marks: true })).toBe(family.of({ descending: true, marks: true }));
    expect(family.of({ descending: true, marks: false }).text).toMatch(/desc$/);
  });

  it('prepares variants with the same text under one name', () => {
    const plain = family.of({ descending: false, marks: false });
    expect(family.of({ descending: false, marks: true })).toBe(plain);
    expect(family.of({ descending: true, marks: true }).name).not.toBe(plain.name);
  });
});
