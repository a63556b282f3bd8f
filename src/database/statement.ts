import type { InferKyselyDB } from '@mikro-orm/postgresql';
import {
  type ColumnType,
  type Compilable,
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryId,
  type RootOperationNode,
} from 'kysely';

interface DatabaseNames {
  tableNamingStrategy: 'table';
  columnNamingStrategy: 'column';
}

/** The type of a value in a row: dates and times are strings, numerics are numbers (see `type-parsers.ts`). */
type Delivered<Value> = Value extends Date ? string : Value;
type Column<Type> =
  Type extends ColumnType<infer Select, infer Insert, infer Update>
    ? ColumnType<Delivered<Select>, Delivered<Insert>, Delivered<Update>>
    : Delivered<Type>;

/** The tables of entities as Kysely's types, with the names of tables and columns in the database. */
export type TablesOf<Schema extends { name: string }> = {
  [Table in keyof InferKyselyDB<Schema, DatabaseNames>]: {
    [Name in keyof InferKyselyDB<Schema, DatabaseNames>[Table]]: Column<
      InferKyselyDB<Schema, DatabaseNames>[Table][Name]
    >;
  };
};

/** A named parameter of a statement that is being compiled. */
class Placeholder {
  constructor(readonly name: string) {}
}

/** Compiles placeholders to `$1`, `$2`, …; all occurrences of a name have the same number. */
class NamedParameterCompiler extends PostgresQueryCompiler {
  private names: string[] = [];

  override compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    this.names = [];
    return { ...super.compileQuery(node, queryId), parameters: this.names };
  }

  protected override appendValue(value: unknown): void {
    if (!(value instanceof Placeholder)) {
      throw new TypeError('A value in a statement must be one of its parameters, or a literal in its text');
    }
    let index = this.names.indexOf(value.name);
    if (index === -1) index = this.names.push(value.name) - 1;
    this.append(`$${index + 1}`);
  }
}

const builder = new Kysely<never>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new NamedParameterCompiler(),
  },
});

/**
 * The query builder over the tables of the given entities: `const db = tables<typeof UserSchema | typeof RoleSchema>()`.
 * It only builds statements; `Sql` executes them.
 */
export function tables<Schema extends { name: string }>(): Kysely<TablesOf<Schema>> {
  return builder as unknown as Kysely<TablesOf<Schema>>;
}

/**
 * A compiled SQL statement. PostgreSQL prepares it under its name once per connection instead of parsing and planning
 * it at every execution; values are always parameters.
 */
export interface Statement<Parameters, Row> {
  readonly name: string;
  readonly text: string;
  /** The names of the parameters `$1`, `$2`, … in this order. */
  readonly parameters: readonly string[];
  /** Never set: carries the types for inference. */
  readonly '~types'?: { readonly parameters: Parameters; readonly row: Row };
}

/** The type of a statement's rows. */
export type RowOf<S> = S extends Statement<unknown, infer Row> ? Row : never;

/**
 * Compiles a statement, once, when its module is loaded.
 *
 * @param name unique in the project: a feature and a verb, `ratings.find`
 * @param build builds the query from placeholders, which have the types of the parameters' values
 * @throws TypeError when the query contains a value that is not a parameter
 */
export function statement<Parameters extends object, Row>(
  name: string,
  build: (parameters: Parameters) => Compilable<Row>,
): Statement<Parameters, Row> {
  const placeholders = new Proxy({}, { get: (_, key) => new Placeholder(String(key)) }) as Parameters;
  const { sql: text, parameters } = build(placeholders).compile();
  return { name, text, parameters: parameters as readonly string[] };
}

/** Statements that differ in their text, for example in a list's order. Each variant is compiled once. */
export class StatementFamily<Variant, Parameters extends object, Row> {
  private readonly compiled = new Map<string, Statement<Parameters, Row>>();

  constructor(
    private readonly name: string,
    private readonly build: (variant: Variant, parameters: Parameters) => Compilable<Row>,
  ) {}

  /** @param variant JSON values with few combinations: every compiled variant stays in memory */
  of(variant: Variant): Statement<Parameters, Row> {
    const key = JSON.stringify(variant);
    let found = this.compiled.get(key);
    if (found === undefined) {
      const made = statement<Parameters, Row>(`${this.name}-${this.compiled.size}`, (parameters) =>
        this.build(variant, parameters),
      );
      // Variants with the same text and parameters are one statement, so that PostgreSQL prepares it once.
      found = [...this.compiled.values()].find((other) => isSame(other, made)) ?? made;
      this.compiled.set(key, found);
    }
    return found;
  }
}

function isSame<Parameters, Row>(
  one: Statement<Parameters, Row>,
  other: Statement<Parameters, Row>,
): boolean {
  return one.text === other.text && one.parameters.join() === other.parameters.join();
}

/** Declares the variants of a statement; see `StatementFamily`. */
export function statementFamily<Variant, Parameters extends object, Row>(
  name: string,
  build: (variant: Variant, parameters: Parameters) => Compilable<Row>,
): StatementFamily<Variant, Parameters, Row> {
  return new StatementFamily(name, build);
}
