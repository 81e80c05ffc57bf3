import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backupName } from '../backup/backup-folder.ts';
import { loadConfig } from '../config/load.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { backupFindings } from './check-backups.ts';
import type { Finding } from './finding.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');
let server: TestDatabase;
beforeEach(async () => {
  server = await createTestDatabase();
});
afterEach(() => server.remove());

function findings(toml = ''): Finding[] {
  const tomlPath = join(server.folder, 'server.toml');
  writeFileSync(tomlPath, toml);
  const environment = { DATABASE_PATH: server.path };
  const sources = { environment, environmentPath: join(server.folder, 'none'), tomlPath, tomlRequired: true };
  return backupFindings(loadConfig(sources).config, NOW_MS);
}

function backUp(hoursAgo: number): void {
  const folder = join(server.folder, 'backups');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, backupName(NOW_MS - hoursAgo * 3_600_000)), 'x'.repeat(1500));
}

test('no backup yet is a note that says how to make one now', () => {
  expect(findings()[0]).toMatchObject({
    verdict: 'note',
    found: expect.stringContaining('systemctl start proxmox-monitor-server-backup'),
  });
});

test('the last good backup is shown with its age, and is too old after two days', () => {
  backUp(80);
  expect(findings()[0]).toMatchObject({
    verdict: 'note',
    found: expect.stringMatching(
      /^1 in .*backups \(1\.5 kB\), the last 3 days ago, which is too long: systemctl status/,
    ),
  });
  backUp(9);
  expect(findings()[0]).toMatchObject({
    verdict: 'ok',
    found: expect.stringMatching(/^2 in .*backups \(3\.0 kB\), the last 9 h ago: .*T030000Z\.db\.zst$/),
  });
});

test('backups that are switched off are a note', () => {
  expect(findings('[backup]\nenabled = false\n')[0]).toMatchObject({
    verdict: 'note',
    found: 'none is made: enabled = false below [backup] in server.toml',
  });
});

test('copies from before a migration and from before a restore are shown', () => {
  writeFileSync(`${server.path}.before-2.bak`, '');
  writeFileSync(`${server.path}.before-restore.bak`, '');
  const copies = findings().filter(({ what }) => what === 'copy');
  expect(copies.map(({ found }) => found)).toEqual([
    expect.stringContaining('before-2.bak from before the last change of the schema (0 bytes, '),
    expect.stringContaining(
      'before-restore.bak from before the last restore (0 bytes); remove it when all is well',
    ),
  ]);
});
