import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { VERSION } from '../version.ts';
import {
  DatabaseInUseError,
  DatabaseOpenError,
  MigrationError,
  RollbackTargetError,
  SchemaMismatchError,
} from './errors.ts';
import { lockForUse } from './lock.ts';
import { migrate, pendingOf, rollback } from './migrate.ts';
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

test('one copy stays: that from before the last change of the schema, and what is no copy of it', async () => {
  await migrate(path, [pets], options);
  const others = ['monitor.db.before-restore.bak', 'monitor.db.before-2.bak.old', 'my.db.before-1.bak'];
  for (const file of others) writeFileSync(join(folder, file), '');
  const steps = [2, 3, 4].map((number) => step(number, `CREATE TABLE t${number} (x)`));
  for (const index of steps.keys()) await migrate(path, [pets, ...steps.slice(0, index + 1)], options);
  const copies = (): string[] => readdirSync(folder).filter((file) => file.includes('before'));
  expect(copies()).toEqual(['monitor.db.before-4.bak', ...others].toSorted());
  await rollback(path, [pets, ...steps], 1, options);
  expect(copies()).toEqual(['monitor.db.before-rollback-to-1.bak', ...others].toSorted());
});

test('what a copy left that was interrupted is removed', async () => {
  await migrate(path, [pets], options);
  const leftover = `${path}.before-7.bak.new`;
  writeFileSync(leftover, 'half a copy');
  writeFileSync(`${leftover}-journal`, 'its journal');
  await migrate(path, [pets, ages], options);
  expect(readdirSync(folder).filter((file) => file.includes('.new'))).toEqual([]);
});

test('a copy that cannot be written is an error in words, and nothing is migrated', async () => {
  await migrate(path, [pets], options);
  // a folder where the copy should be
  mkdirSync(`${path}.before-2.bak/full`, { recursive: true });
  await expect(migrate(path, [pets, ages], options)).rejects.toThrow(
    /could not be copied to .*before-2.bak: .*It was not migrated, and is as it was/,
  );
  expect(query('PRAGMA user_version')).toEqual([[1]]);
  expect(readdirSync(folder).filter((file) => file.includes('.new'))).toEqual([]);
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
  await expect(refused).rejects.toThrow(
    `${path} has schema 2, made by version ${VERSION}, newer than the 1 that this version (${VERSION}) knows; ` +
      `nothing was touched. Install version ${VERSION} again, or restore a backup from before its upgrade`,
  );
  expect(query('SELECT * FROM pet')).toEqual([['Rex', null]]);
  expect(query('SELECT number FROM migration')).toEqual([[1], [2]]);
  expect(readdirSync(folder)).not.toContain('monitor.db.before-3.bak');
});

test('a newer schema is refused with the way to the copy from before, and the database stays to the byte', async () => {
  await migrate(path, [pets], options);
  await migrate(path, [pets, ages], options);
  // as after kill -9: there is something in the WAL
  const { $client: other } = openDatabase(path);
  other.exec("INSERT INTO pet VALUES ('Bella', 3)");
  for (const file of ['', '-wal', '-shm']) copyFileSync(`${path}${file}`, `${path}.killed${file}`);
  other.close();
  const killed = `${path}.killed`;
  copyFileSync(`${path}.before-2.bak`, `${killed}.before-2.bak`);
  const before = sha256(killed);
  const walBefore = sha256(`${killed}-wal`);
  await expect(migrate(killed, [pets], options)).rejects.toThrow(
    `or go back to the copy from before its upgrade, without what came since: proxmox-monitor-server restore ${killed}.before-2.bak`,
  );
  await expect(rollback(killed, [pets], undefined, options)).rejects.toThrow(SchemaMismatchError);
  expect([sha256(killed), sha256(`${killed}-wal`)]).toEqual([before, walBefore]);
});

test('a database of 0.1, which did not note its version, is migrated and refused like any other', async () => {
  await migrate(path, [pets], options);
  const client = new SqliteDatabase(path);
  client.exec('ALTER TABLE migration DROP COLUMN program_version');
  client.close();
  await expect(migrate(path, [], options)).rejects.toThrow(
    /has schema 1, newer than the 0 .* Install the newer version again/,
  );
  await migrate(path, [pets, ages], options);
  expect(query('SELECT number, program_version FROM migration')).toEqual([
    [1, null],
    [2, VERSION],
  ]);
});

test('kill -9 in the middle of a migration leaves the database as it was, and the next run goes on', async () => {
  await migrate(path, [pets], options);
  const child = startKillable('migrate', `${ages.up} CREATE TABLE full AS ${ENDLESS};`);
  await eventually(() => existsSync(`${path}.before-2.bak`) && walBytes() > 1_000_000);
  await kill(child);
  expect(query('SELECT * FROM pet')).toEqual([['Rex']]);
  expect(query('PRAGMA user_version')).toEqual([[1]]);
  expect((await migrate(path, [pets, ages], options)).steps).toEqual([2]);
  expect(query('SELECT * FROM pet')).toEqual([['Rex', null]]);
});

test('kill -9 while the copy is put back: nobody uses the half, and the next migrate ends it', async () => {
  await migrate(path, [pets, step(2, `CREATE TABLE much AS ${MUCH};`)], options);
  const client = new SqliteDatabase(path);
  client.prepare('VACUUM INTO ?').run(`${path}.before-3.bak`);
  // what a migration left that committed half of itself
  client.exec("DROP TABLE much; INSERT INTO pet VALUES ('Half')");
  client.close();
  const child = startKillable('put-back', `${path}.before-3.bak`);
  await eventually(() => existsSync(`${path}.put-back`));
  await kill(child);
  const known = [pets, step(2, `CREATE TABLE much AS ${MUCH};`)];
  expect(() => pendingOf(path, known)).toThrow('run proxmox-monitor-server migrate, which ends it');
  expect((await migrate(path, known, options)).steps).toEqual([]);
  expect(query('SELECT name FROM pet')).toEqual([['Rex']]);
  expect(query('SELECT count(*) FROM much')).toEqual([[20_000]]);
  expect(pendingOf(path, known)).toEqual([]);
});

const ENDLESS =
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, randomblob(5000) FROM n';
const MUCH = `${ENDLESS} LIMIT 20000`;

/** A process of its own that migrates, or puts back, until it is killed. */
function startKillable(task: 'migrate' | 'put-back', what: string): ChildProcess {
  const program = join(import.meta.dirname, 'test-killable.ts');
  return spawn(process.execPath, [program, task, path, what], { stdio: 'inherit' });
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
}

async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(5);
}

function walBytes(): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

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
  const tooFar = rollback(path, [pets, ages], 5, options);
  await expect(tooFar).rejects.toThrow(RollbackTargetError);
  await expect(tooFar).rejects.toThrow('can be rolled back to 0 … 1');
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

test.each([
  ['CREATE TABLE a (b); COMMIT; CREATE TABLE c (d)', 'COMMIT'],
  ['pragma foreign_keys = off', 'PRAGMA'],
  ['SELECT 1;\n-- now\nVACUUM;', 'VACUUM'],
])('a migration with %j is refused', (sql, word) => {
  writeFileSync(join(folder, '0001-a.up.sql'), sql);
  writeFileSync(join(folder, '0001-a.down.sql'), 'SELECT 1;');
  expect(() => readMigrations(folder)).toThrow(`0001-a contains ${word}`);
});

test('a trigger, and words in a text or a comment, are no transaction', () => {
  const sql =
    "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = '; COMMIT'; END;\n/* ; ROLLBACK */ -- ; VACUUM\n";
  writeFileSync(join(folder, '0001-a.up.sql'), sql);
  writeFileSync(join(folder, '0001-a.down.sql'), 'SELECT 1;');
  expect(readMigrations(folder)).toHaveLength(1);
});

test('the version is the number of the last applied migration', async () => {
  await migrate(path, [pets, ages], options);
  const { $client: client } = openDatabase(path);
  expect(schemaVersion(client)).toBe(2);
  client.close();
});
