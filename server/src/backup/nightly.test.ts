import { mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../clock.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { backupName, listBackups } from './backup-folder.ts';
import { NoRoomError } from './errors.ts';
import { makeNightlyBackup, type NightlyBackup } from './nightly.ts';
import { addHosts } from './test-content.ts';

const DAY_MS = 86_400_000;
let server: TestDatabase;
let folder: string;
let nowMs: number;
const clock: Clock = { now: () => nowMs, monotonic: () => nowMs };

beforeEach(async () => {
  server = await createTestDatabase();
  folder = join(server.folder, 'backups');
  nowMs = Date.parse('2026-11-24T02:30:12.345Z');
  addHosts(server.database, { hosts: 2, samples: 5 });
});
afterEach(() => server.remove());

function nightly(percent = 20): Promise<NightlyBackup> {
  return makeNightlyBackup({
    databasePath: server.path,
    clock,
    backupEnabled: true,
    backupFolder: folder,
    backupMaxDiskPercent: percent,
  });
}

/** A share of the disk that is hardly more than `bytes`. */
function percentFor(bytes: number): number {
  const { blocks, bsize } = statfsSync(server.folder);
  return ((bytes + 1) * 100) / (blocks * bsize);
}

const names = (): string[] => readdirSync(folder).toSorted();

test('the name is the time, in UTC, and sorts by it', async () => {
  const { path, kept, removed } = await nightly();
  expect(path).toBe(join(folder, 'monitor-2026-11-24T023012Z.db.zst'));
  expect({ kept, removed }).toEqual({ kept: 1, removed: 0 });
  expect(backupName(nowMs) < backupName(nowMs + DAY_MS)).toBe(true);
  expect(listBackups(folder)).toMatchObject([{ path, madeAtMs: nowMs - 345 }]);
});

test('as many stay as fit into the share of the disk; the oldest make room', async () => {
  const { bytes } = await nightly();
  writeFileSync(join(folder, 'notes.txt'), 'not a backup');
  const room = percentFor(3 * bytes + 200);
  for (let night = 1; night <= 5; night += 1) {
    nowMs += DAY_MS;
    await nightly(room);
  }
  expect(names()).toEqual([
    'monitor-2026-11-27T023012Z.db.zst',
    'monitor-2026-11-28T023012Z.db.zst',
    'monitor-2026-11-29T023012Z.db.zst',
    'notes.txt',
  ]);
});

test('two stay whatever they take, and a backup with a date in the future does not push the new one out', async () => {
  const { bytes } = await nightly();
  for (const year of [2097, 2098, 2099]) {
    writeFileSync(join(folder, `monitor-${year}-01-01T000000Z.db.zst`), Buffer.alloc(bytes));
  }
  nowMs += DAY_MS;
  const { path } = await nightly(percentFor(2 * bytes + 200));
  expect(listBackups(folder).map((backup) => backup.path)).toContain(path);
  expect(listBackups(folder).length).toBeGreaterThanOrEqual(2);
});

test('where two have no room in the share it is refused in words, and what is there stays', async () => {
  const { bytes } = await nightly();
  nowMs += DAY_MS;
  const before = names();
  const refused = nightly(percentFor(2 * bytes - 500));
  await expect(refused).rejects.toThrow(NoRoomError);
  await expect(refused).rejects.toThrow(
    /no backup was made: two have no room in .* % of the disk of .*backups, which are .* kB\. It takes .* kB\. Raise max_disk_percent below \[backup\]/,
  );
  expect(names()).toEqual(before);
});

test('a folder that is a file, or cannot be made, is named', async () => {
  folder = join(server.folder, 'monitor.db');
  await expect(nightly()).rejects.toThrow(`the folder for backups, ${folder}, cannot be made`);
  mkdirSync(join(server.folder, 'x'));
  folder = join(server.folder, 'x/y/z');
  await nightly();
  expect(names()).toHaveLength(1);
});
