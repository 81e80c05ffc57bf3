import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { writeBackup } from './backup.ts';
import { beginTarget } from './target-file.ts';
import { addHosts } from './test-content.ts';

let server: TestDatabase;
let file: string;
beforeEach(async () => {
  server = await createTestDatabase();
  file = join(server.folder, 'backup.db.zst');
});
afterEach(() => server.remove());

async function backUp({ full = false, limitBytes = Number.POSITIVE_INFINITY, replace = false } = {}) {
  const target = beginTarget(file, { replace, folderOwner: undefined, databasePath: server.path });
  try {
    const backup = await writeBackup(server.path, target.descriptor, { full, limitBytes });
    if (backup.fits) target.commit();
    return backup;
  } finally {
    target.discard();
  }
}

/** The backup, opened. */
function opened(): SqliteDatabase.Database {
  const path = join(server.folder, 'unpacked.db');
  writeFileSync(path, zstdDecompressSync(readFileSync(file)));
  return new SqliteDatabase(path, { readonly: true });
}

function rowsOf(client: SqliteDatabase.Database, table: string): unknown[] {
  return client.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).raw().all();
}

const schemaOf = (client: SqliteDatabase.Database): unknown[] =>
  client.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').raw().all();

test('a backup is a database of the same schema with everything but the samples, and sound', async () => {
  addHosts(server.database, { hosts: 3, samples: 50 });
  const { fits, hosts, schema } = await backUp();
  expect({ fits, hosts, schema }).toEqual({ fits: true, hosts: 3, schema: 2 });
  const copy = opened();
  const original = server.database.$client;
  expect(schemaOf(copy)).toEqual(schemaOf(original));
  for (const table of ['host', 'stream', 'document', 'migration', 'setting', 'sqlite_sequence']) {
    expect([table, rowsOf(copy, table)]).toEqual([table, rowsOf(original, table)]);
    expect([table, rowsOf(copy, table).length]).not.toEqual([table, 0]);
  }
  expect(rowsOf(copy, 'sample')).toEqual([]);
  expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(copy.pragma('user_version', { simple: true })).toBe(2);
  copy.close();
});

test('with --full the samples are in it too', async () => {
  addHosts(server.database, { hosts: 2, samples: 40 });
  await backUp({ full: true });
  const copy = opened();
  expect(rowsOf(copy, 'sample')).toEqual(rowsOf(server.database.$client, 'sample'));
  expect(rowsOf(copy, 'sample')).toHaveLength(80);
  copy.close();
});

test('what another connection writes meanwhile is not held up, and not in it', async () => {
  addHosts(server.database, { hosts: 1, samples: 1 });
  const { $client: client } = server.database;
  client.exec('BEGIN IMMEDIATE');
  client.exec("UPDATE host SET name = 'renamed'");
  await backUp();
  client.exec('COMMIT');
  const copy = opened();
  expect(copy.prepare('SELECT name FROM host').pluck().all()).toEqual(['host-1']);
  copy.close();
});

test('it is for its owner alone, and any zstd opens it', async () => {
  await backUp();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(spawnSync('zstd', ['--test', file]).status ?? 0).toBe(0);
});

test('nothing but the backup stays behind, also when it does not fit', async () => {
  addHosts(server.database, { hosts: 1, samples: 1 });
  const before = readdirSync(server.folder);
  expect(await backUp({ limitBytes: 100 })).toMatchObject({ fits: false });
  expect(readdirSync(server.folder)).toEqual(before);
  await backUp();
  expect(readdirSync(server.folder)).toEqual([...before, 'backup.db.zst'].toSorted());
});

test('what a killed process left is removed, what a living one writes is not', async () => {
  const dead = spawnSync('true').pid;
  writeFileSync(join(server.folder, `.backup.db.zst.unfinished-${dead}`), '');
  writeFileSync(join(server.folder, `.monitor.db.copy-${dead}`), '');
  writeFileSync(join(server.folder, '.backup.db.zst.unfinished-1'), '');
  await backUp();
  expect(readdirSync(server.folder).filter((name) => name.startsWith('.'))).toEqual([
    '.backup.db.zst.unfinished-1',
  ]);
});

test('a file that is there is replaced only on demand, and only by a good one', async () => {
  writeFileSync(file, 'last year');
  await expect(backUp()).rejects.toThrow(`${file} is there already: choose another name, or replace it`);
  await backUp({ replace: true, limitBytes: 10 });
  expect(readFileSync(file, 'utf8')).toBe('last year');
  await backUp({ replace: true });
  opened().close();
});

test('a damaged database gives no backup', async () => {
  addHosts(server.database, { hosts: 20, samples: 1 });
  const { $client: client } = server.database;
  client.pragma('wal_checkpoint(TRUNCATE)');
  const page = Number(
    client.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'document'").pluck().get(),
  );
  client.close();
  const bytes = readFileSync(server.path);
  bytes.fill(0xab, (page - 1) * 4096, page * 4096);
  writeFileSync(server.path, bytes);
  await expect(backUp()).rejects.toThrow(/could not be copied: the database is damaged .*restore the last/);
  expect(readdirSync(server.folder)).not.toContain('backup.db.zst');
});

test('rows without what they refer to are not backed up as if all were well', async () => {
  const { $client: client } = server.database;
  client.pragma('foreign_keys = OFF');
  client.exec("INSERT INTO stream (host_id, name, started_at_ms, last_sequence) VALUES (99, 'x', 1, 1)");
  await expect(backUp()).rejects.toThrow('1 rows are without what they refer to');
});
