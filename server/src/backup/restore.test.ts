import {
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { type Migration, readMigrations } from '../db/migration-files.ts';
import { openDatabase } from '../db/open.ts';
import { createTestDatabase, MIGRATIONS_FOLDER, type TestDatabase } from '../db/test-database.ts';
import { examineAndMigrate } from './examine.ts';
import { replaceDatabase } from './replace-database.ts';
import { beginTarget } from './target-file.ts';
import { addHosts, makeBackup } from './test-content.ts';
import { openBackup, unpackBeside } from './unpack-backup.ts';

let server: TestDatabase;
let backup: string;
beforeEach(async () => {
  server = await createTestDatabase();
  addHosts(server.database, { hosts: 2, samples: 3 });
  server.database.$client.close();
  backup = join(server.folder, 'good.db.zst');
  await makeBackup(server.path, backup);
});
afterEach(() => server.remove());

/** As the command does, without its questions and locks. */
async function restore(path: string, migrations = readMigrations(MIGRATIONS_FOLDER)): Promise<void> {
  const unpacked = await unpackBeside(openBackup(path), server.path);
  try {
    await examineAndMigrate(unpacked, path, migrations, systemClock);
    replaceDatabase(server.path, unpacked);
  } finally {
    rmSync(unpacked, { force: true });
  }
}

function query(path: string, sql: string): unknown[] {
  const client = new SqliteDatabase(path);
  try {
    return client.prepare(sql).raw().all();
  } finally {
    client.close();
  }
}

/** Names and content of everything in the folder. */
function files(): unknown[] {
  return readdirSync(server.folder).map((name) => [
    name,
    readFileSync(join(server.folder, name)).toString('base64'),
  ]);
}

interface Given {
  readonly backup: string;
  readonly databasePath: string;
}

test('a backup of an older schema is brought to this one before it takes the place', async () => {
  const shipped = readMigrations(MIGRATIONS_FOLDER);
  const next: Migration = {
    number: shipped.length + 1,
    name: 'next',
    up: 'ALTER TABLE host ADD COLUMN colour TEXT;',
    down: 'ALTER TABLE host DROP COLUMN colour;',
    sha256: 'next',
  };
  await restore(backup, [...shipped, next]);
  expect(query(server.path, 'SELECT name, colour FROM host')).toEqual([
    ['host-1', null],
    ['host-2', null],
  ]);
  expect(readdirSync(server.folder).toSorted()).toEqual([
    'good.db.zst',
    'monitor.db',
    'monitor.db.before-restore.bak',
    'monitor.db.lock',
  ]);
});

test('a backup that cannot be brought to this schema changes nothing', async () => {
  const shipped = readMigrations(MIGRATIONS_FOLDER);
  const bad: Migration = { number: shipped.length + 1, name: 'bad', up: 'nonsense', down: '', sha256: 'bad' };
  const before = files();
  await expect(restore(backup, [...shipped, bad])).rejects.toThrow(
    /good.db.zst cannot be brought to the schema of this version: migration 3 \(bad\) failed/,
  );
  expect(files()).toEqual(before);
});

test('a database that cannot be opened is replaced, and kept with its log', async () => {
  writeFileSync(server.path, 'a text that was written over the database '.repeat(500));
  writeFileSync(`${server.path}-wal`, 'what was its log');
  await restore(backup);
  expect(query(server.path, 'SELECT name FROM host')).toEqual([['host-1'], ['host-2']]);
  expect(readFileSync(`${server.path}.before-restore.bak`, 'utf8')).toContain('a text that was written');
  expect(readFileSync(`${server.path}.before-restore.bak-wal`, 'utf8')).toBe('what was its log');
});

test('what is in the log of the present database is kept with it', async () => {
  // as after kill -9
  const { $client: client } = openDatabase(server.path);
  client.exec("INSERT INTO setting VALUES ('late', 'x', 1)");
  for (const suffix of ['', '-wal'])
    copyFileSync(`${server.path}${suffix}`, join(server.folder, `killed${suffix}`));
  client.close();
  for (const suffix of ['', '-wal'])
    renameSync(join(server.folder, `killed${suffix}`), `${server.path}${suffix}`);
  await restore(backup);
  expect(query(`${server.path}.before-restore.bak`, "SELECT value FROM setting WHERE key = 'late'")).toEqual([
    ['x'],
  ]);
  expect(query(server.path, "SELECT value FROM setting WHERE key = 'late'")).toEqual([]);
});

test.each([
  ['.', 'is a folder: name a file, such as'],
  ['/nowhere/x', 'there is no folder /nowhere'],
  ['/dev/null', 'is not a plain file'],
  ['monitor.db', 'is the database itself: name another file'],
])('a backup is not written to %s, even if it may replace what is there', (file, message) => {
  const options = { replace: true, folderOwner: undefined, databasePath: server.path };
  expect(() => beginTarget(resolve(server.folder, file), options)).toThrow(message);
});

interface BadFile {
  readonly what: string;
  make(given: Given, path: string): void;
  readonly message: RegExp;
}

const BAD_FILES: readonly BadFile[] = [
  { what: 'a missing file', make: () => undefined, message: /bad does not exist/ },
  {
    what: 'an empty file',
    make: (_, path) => writeFileSync(path, ''),
    message: /is empty: take another/,
  },
  {
    what: 'a text',
    make: (_, path) => writeFileSync(path, 'not a backup, but long enough'),
    message: /is not a backup: it is neither/,
  },
  {
    what: 'a compressed text',
    make: (_, path) => writeFileSync(path, zstdCompressSync('a text of some length that is no database')),
    message: /bad is damaged \(file is not a database\): take another backup/,
  },
  {
    what: 'a backup that was cut short',
    make: ({ backup }, path) => {
      copyFileSync(backup, path);
      truncateSync(path, statSync(path).size - 100);
    },
    message: /bad ends too early: it was not copied to its end/,
  },
  {
    what: 'a backup with a wrong bit',
    make: ({ backup }, path) => {
      const bytes = readFileSync(backup);
      bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 4;
      writeFileSync(path, bytes);
    },
    message: /bad is damaged: copy it again, or take another/,
  },
  {
    what: 'a database that was cut short',
    make: ({ databasePath }, path) => {
      copyFileSync(databasePath, path);
      truncateSync(path, 20_000);
    },
    message: /bad is damaged \(.*\): take another backup/,
  },
  {
    what: 'the database of another program',
    make: (_, path) => {
      const client = new SqliteDatabase(path);
      client.exec('CREATE TABLE cookies (x)');
      client.close();
    },
    message: /is a SQLite database, but not one of proxmox-monitor-server/,
  },
  {
    what: 'a backup of a newer version',
    make: ({ databasePath }, path) => {
      copyFileSync(databasePath, path);
      const client = new SqliteDatabase(path);
      client.exec("INSERT INTO migration VALUES (3, 'x', 'x', 1, '9.0.0'); PRAGMA user_version = 3");
      client.close();
    },
    message:
      /bad has schema 3, made by version 9\.0\.0, newer than the 2 .* Install version 9\.0\.0 again, or take a backup that is as old/,
  },
  {
    what: 'a database that was copied without its log',
    make: ({ databasePath }, path) => {
      copyFileSync(databasePath, path);
      writeFileSync(`${path}-wal`, 'content');
    },
    message: /is a database in use, or was copied from one/,
  },
];

for (const { what, make, message } of BAD_FILES) {
  test(`${what} is refused in one sentence, and nothing is touched`, async () => {
    const path = join(server.folder, 'bad');
    make({ backup, databasePath: server.path }, path);
    const before = files();
    const refused = restore(path);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.not.toThrow('\n');
    expect(files()).toEqual(before);
  });
}
