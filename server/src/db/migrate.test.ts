import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { DatabaseInUseError, DatabaseOpenError, MigrationError, SchemaMismatchError } from './errors.ts';
import { lockForUse } from './lock.ts';
import { migrate, rollback } from './migrate.ts';
import { type Migration, readMigrations } from './migration-files.ts';
import { schemaVersion } from './migration-record.ts';
import { openDatabase } from './open.ts';
import { MIGRATIONS_FOLDER } from './test-database.ts';

const options = { clock: systemClock, lockWaitMs: 100 };
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxmox-monitor-migrate-'));
  path = join(folder, 'monitor.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function step(number: number, up: string, down = 'SELECT 1;', sha256 = `sha-${number}`): Migration {
  return { number, name: `step-${number}`, up, down, sha256 };
}

const pets = step(1, "CREATE TABLE pet (name TEXT); INSERT INTO pet VALUES ('Rex');", 'DROP TABLE pet;');
const ages = step(2, 'ALTER TABLE pet ADD COLUMN age INTEGER;', 'ALTER TABLE pet DROP COLUMN age;');

function query(sql: string, database = path): unknown[] {
  const client = new SqliteDatabase(database, { readonly: true });
  try {
    return client.prepare(sql).raw().all();
  } finally {
    client.close();
  }
}

test('the shipped migrations go up, down and up again, and leave nothing behind on the way', async () => {
  const migrations = readMigrations(MIGRATIONS_FOLDER);
  const tables = "SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
  await migrate(path, migrations, options);
  const schema = query(tables);
  expect(schema.length).toBeGreaterThan(5);
  await rollback(path, migrations, 0, options);
  expect(query("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")).toEqual([['migration']]);
  expect(query('PRAGMA user_version')).toEqual([[0]]);
  await migrate(path, migrations, options);
  expect(query(tables)).toEqual(schema);
});

test('a second run has nothing to do and makes no copy', async () => {
  expect((await migrate(path, [pets], options)).steps).toEqual([1]);
  const files = readdirSync(folder);
  expect(await migrate(path, [pets], options)).toEqual({ steps: [], copyPath: undefined });
  expect(readdirSync(folder)).toEqual(files);
});

test('the database, its lock and its copy are for their owner alone', async () => {
  await migrate(path, [pets], options);
  const { copyPath } = await migrate(path, [pets, ages], options);
  expect(copyPath).toBe(`${path}.before-2.bak`);
  for (const file of readdirSync(folder))
    expect([file, statSync(join(folder, file)).mode & 0o777]).toEqual([file, 0o600]);
});

test('the copy holds what was there before', async () => {
  await migrate(path, [pets], options);
  const { copyPath } = await migrate(path, [pets, ages], options);
  expect(query('SELECT * FROM pet')).toEqual([['Rex', null]]);
  expect(query('SELECT * FROM pet', copyPath)).toEqual([['Rex']]);
});

test('of the copies the last three stay', async () => {
  await migrate(path, [pets], options);
  const steps = [2, 3, 4, 5, 6].map((number) => step(number, `CREATE TABLE t${number} (x)`));
  for (const index of steps.keys()) await migrate(path, [pets, ...steps.slice(0, index + 1)], options);
  const copies = readdirSync(folder).filter((file) => file.endsWith('.bak'));
  expect(new Set(copies)).toEqual(
    new Set(['4', '5', '6'].map((number) => `monitor.db.before-${number}.bak`)),
  );
});

test.each([
  [
    'a syntax error',
    'ALTER TABLE pet ADD COLUMN colour TEXT; CREATE TABBLE x;',
    /migration 3 \(step-3\) failed: .*syntax/,
  ],
  [
    'a row without what it refers to',
    'CREATE TABLE a (b INTEGER PRIMARY KEY); CREATE TABLE c (b REFERENCES a(b)); INSERT INTO c VALUES (7);',
    /leaves 1 rows/,
  ],
  ['a transaction of its own', 'CREATE TABLE x (y); COMMIT;', /ends the transaction/],
])('%s in the last of two steps puts the database back to before both', async (_name, sql, message) => {
  await migrate(path, [pets], options);
  const failed = migrate(path, [pets, ages, step(3, sql)], options);
  await expect(failed).rejects.toThrow(MigrationError);
  await expect(failed).rejects.toThrow(message);
  await expect(failed).rejects.toThrow('The database is as it was before');
  expect(query('SELECT * FROM pet')).toEqual([['Rex']]);
  expect(query('PRAGMA user_version')).toEqual([[1]]);
  expect(query('PRAGMA integrity_check')).toEqual([['ok']]);
  expect((await migrate(path, [pets, ages], options)).steps).toEqual([2]);
});

test('a process that has the database open sees it whole after it was put back', async () => {
  await migrate(path, [pets], options);
  const { $client: other } = openDatabase(path);
  await expect(migrate(path, [pets, ages, step(3, 'nonsense')], options)).rejects.toThrow('failed');
  expect(other.prepare('SELECT * FROM pet').raw().all()).toEqual([['Rex']]);
  other.prepare("INSERT INTO pet VALUES ('Bella')").run();
  other.close();
  expect(query('SELECT name FROM pet')).toEqual([['Rex'], ['Bella']]);
});

test('a newer schema is refused and nothing is touched', async () => {
  await migrate(path, [pets, ages], options);
  const refused = migrate(path, [pets], options);
  await expect(refused).rejects.toThrow(SchemaMismatchError);
  await expect(refused).rejects.toThrow('has schema 2, newer than the 1 that this version knows');
  expect(query('SELECT * FROM pet')).toEqual([['Rex', null]]);
  expect(query('SELECT number FROM migration')).toEqual([[1], [2]]);
  expect(readdirSync(folder)).not.toContain('monitor.db.before-3.bak');
});

test('an applied migration that was edited afterwards is refused', async () => {
  await migrate(path, [pets], options);
  await expect(migrate(path, [{ ...pets, sha256: 'other' }, ages], options)).rejects.toThrow(
    'migration 1 (step-1) was applied',
  );
  expect(query('PRAGMA user_version')).toEqual([[1]]);
});

test('a schema does not change under a server that uses the database', async () => {
  await migrate(path, [pets], options);
  const lock = lockForUse(path);
  await expect(migrate(path, [pets, ages], options)).rejects.toThrow(DatabaseInUseError);
  await expect(migrate(path, [pets, ages], options)).rejects.toThrow('stop it first');
  expect((await migrate(path, [pets], options)).steps).toEqual([]);
  lock.release();
  expect((await migrate(path, [pets, ages], options)).steps).toEqual([2]);
});

test('rollback goes one step back when it is not told how far', async () => {
  await migrate(path, [pets, ages], options);
  expect((await rollback(path, [pets, ages], undefined, options)).steps).toEqual([2]);
  expect(query('SELECT * FROM pet')).toEqual([['Rex']]);
  await expect(rollback(path, [pets, ages], 5, options)).rejects.toThrow('can be rolled back to 0 … 1');
});

test.each([
  [
    'text that is not a database',
    'not a database at all, but long enough to be taken for a header: '.repeat(20),
  ],
])('%s is refused by name', async (_name, text) => {
  writeFileSync(path, text);
  await expect(migrate(path, [pets], options)).rejects.toThrow(DatabaseOpenError);
  await expect(migrate(path, [pets], options)).rejects.toThrow(
    `${path} cannot be opened: it is not a SQLite database`,
  );
});

test('a folder that does not exist is named', async () => {
  await expect(migrate(join(folder, 'no/monitor.db'), [pets], options)).rejects.toThrow(
    `no folder ${join(folder, 'no')}`,
  );
});

test.each([
  [['0001-a.up.sql'], '0001-a.down.sql is missing'],
  [['0001-a.down.sql'], '0001-a.up.sql is missing'],
  [['0001-a.up.sql', '0001-a.down.sql', '0003-c.up.sql', '0003-c.down.sql'], 'has no migration 2'],
  [['0001-a.up.sql', '0001-a.down.sql', 'notes.txt'], 'notes.txt is not named'],
  [[], 'holds no migrations'],
])('a folder of %j is refused', (files, message) => {
  for (const file of files) writeFileSync(join(folder, file), 'SELECT 1;');
  expect(() => readMigrations(folder)).toThrow(message);
});

test('the version is the number of the last applied migration', async () => {
  await migrate(path, [pets, ages], options);
  const { $client: client } = openDatabase(path);
  expect(schemaVersion(client)).toBe(2);
  client.close();
});
