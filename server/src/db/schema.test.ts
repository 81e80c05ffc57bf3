import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schema } from './schema-map.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.remove());

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  /** Place in the primary key, from 1; 0 outside of it. */
  readonly pk: number;
}

const byText = (left: string, right: string): number => left.localeCompare(right);

function rows<Row>(sql: string, ...parameters: string[]): Row[] {
  return test_.database.$client.prepare<string[], Row>(sql).all(...parameters);
}

/** The columns of each unique or plain index, "unique" or "index" first. */
function indexesOf(table: string): string[] {
  const list = rows<{ name: string; unique: number; origin: string }>(
    'SELECT * FROM pragma_index_list(?)',
    table,
  );
  return list
    .filter(({ origin }) => origin !== 'pk')
    .map(({ name, unique }) => {
      const columns = rows<{ name: string }>('SELECT name FROM pragma_index_info(?)', name);
      return [unique === 1 ? 'unique' : 'index', name, ...columns.map((column) => column.name)].join(' ');
    })
    .toSorted(byText);
}

function describe(table: SQLiteTable): unknown {
  const config = getTableConfig(table);
  const key = config.primaryKeys[0]?.columns.map((column) => column.name);
  return {
    columns: config.columns.map(
      (column): Column => ({
        name: column.name,
        type: column.getSQLType().toLowerCase(),
        notnull: column.notNull ? 1 : 0,
        dflt_value: null,
        pk: key === undefined ? Number(column.primary) : key.indexOf(column.name) + 1,
      }),
    ),
    indexes: [
      ...config.columns
        .filter((column) => column.isUnique)
        .map((column) => `unique ${column.uniqueName} ${column.name}`),
      ...config.uniqueConstraints.map((unique) =>
        ['unique', unique.getName(), ...unique.columns.map(({ name }) => name)].join(' '),
      ),
      ...config.indexes.map(({ config: { name, columns } }) =>
        ['index', name, ...columns.map((column) => ('name' in column ? column.name : '?'))].join(' '),
      ),
    ].toSorted(byText),
    foreignKeys: config.foreignKeys
      .map((key_) => {
        const { columns, foreignTable } = key_.reference();
        return `${columns.map(({ name }) => name).join()} -> ${getTableConfig(foreignTable).name} ${key_.onDelete}`;
      })
      .toSorted(byText),
  };
}

test.each(Object.entries(schema))(
  'table %s is in the migrated database as the schema says',
  (_key, table) => {
    const { name } = getTableConfig(table);
    const columns = rows<Column>(
      'SELECT name, lower(type) AS type, "notnull", dflt_value, pk FROM pragma_table_info(?)',
      name,
    );
    const foreignKeys = rows<{ from: string; table: string; on_delete: string }>(
      'SELECT * FROM pragma_foreign_key_list(?)',
      name,
    );
    expect({
      columns,
      indexes: indexesOf(name),
      foreignKeys: foreignKeys
        .map((key) => `${key.from} -> ${key.table} ${key.on_delete.toLowerCase()}`)
        .toSorted(byText),
    }).toEqual(describe(table));
  },
);

test('the migrated database has no table that the schema does not know', () => {
  const tables = rows<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migration'",
  );
  const known = Object.values(schema).map((table) => getTableConfig(table).name);
  expect(tables.map(({ name }) => name).toSorted(byText)).toEqual(known.toSorted(byText));
});
