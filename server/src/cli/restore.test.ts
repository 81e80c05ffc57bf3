import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { addHosts, makeBackup } from '../backup/test-content.ts';
import { createInstallation, type Installation } from './test-process.ts';

/** An installation with two hosts, and a backup of it. */
async function withBackup(): Promise<Installation & { readonly backup: string }> {
  const server = await createInstallation();
  await server.prepare((database) => addHosts(database, { hosts: 2, samples: 3 }));
  const backup = join(server.folder, 'b.db.zst');
  await makeBackup(server.databasePath, backup);
  return { ...server, backup };
}

function hostsIn(path: string): unknown[] {
  const client = new SqliteDatabase(path);
  try {
    return client.prepare('SELECT name FROM host ORDER BY name').pluck().all();
  } finally {
    client.close();
  }
}

/** Names and content of everything beside the database. */
const filesOf = (server: Installation): unknown[] =>
  readdirSync(server.folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'monitor.db.lock')
    .map(({ name }) => [name, readFileSync(join(server.folder, name)).toString('base64')]);

test('a backup is restored, what was there is kept, every login has ended', async () => {
  const server = await withBackup();
  await server.prepare(({ $client: client }) => {
    client.exec("DELETE FROM host WHERE name = 'host-2'; INSERT INTO session VALUES (x'00', 1, 1, NULL)");
  });
  const ended = await server.run(['restore', server.backup, '--yes']);
  expect(ended).toMatchObject({ code: 0, stdout: '' });
  expect(ended.stderr).toMatch(/is sound: hosts: 2, schema 2\.\n.* is restored\. Every login has ended/);
  expect(hostsIn(server.databasePath)).toEqual(['host-1', 'host-2']);
  expect(hostsIn(`${server.databasePath}.before-restore.bak`)).toEqual(['host-1']);
  expect(statSync(server.databasePath).mode & 0o777).toBe(0o600);
  expect((await server.run(['list-hosts'])).stdout).toContain('host-2');
  // and back again
  expect(await server.run(['restore', `${server.databasePath}.before-restore.bak`, '--yes'])).toMatchObject({
    code: 0,
  });
  expect(hostsIn(server.databasePath)).toEqual(['host-1']);
  expect(hostsIn(`${server.databasePath}.before-restore.bak`)).toEqual(['host-1', 'host-2']);
  expect(readdirSync(server.folder).filter((name) => name.startsWith('.') || /-wal|-shm/.test(name))).toEqual(
    [],
  );
});

test('without a terminal and without --yes nothing is restored', async () => {
  const server = await withBackup();
  const before = filesOf(server);
  const ended = await server.run(['restore', server.backup]);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('say --yes if you mean it; nothing was changed');
  expect(filesOf(server)).toEqual(before);
});

test('where there is no database yet the backup becomes it', async () => {
  const { backup } = await withBackup();
  const other = await createInstallation();
  expect(await other.run(['restore', backup, '--yes'])).toMatchObject({ code: 0 });
  expect(hostsIn(other.databasePath)).toEqual(['host-1', 'host-2']);
});

test('under a running server nothing is restored, and the message says who can', async () => {
  const server = await withBackup();
  await server.serve();
  const ended = await server.run(['restore', server.backup, '--yes']);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain(
    'run this as root, which stops the service and starts it again, or stop it first',
  );
  expect(readdirSync(server.folder)).not.toContain('monitor.db.before-restore.bak');
});

test.runIf(process.getuid?.() === 0)('what root backs up is root’s, except beside the database', async () => {
  const server = await withBackup();
  chmodSync(server.folder, 0o755);
  const state = join(server.folder, 'state');
  const env = { ...server.environment, DATABASE_PATH: join(state, 'monitor.db') };
  const asRoot = async (...command: string[]): Promise<void> => {
    expect(await server.run(command, undefined, { env })).toMatchObject({ code: 0 });
  };
  mkdirSync(state, { mode: 0o700 });
  chownSync(state, 65_534, 65_534);
  await asRoot('restore', server.backup, '--yes');
  await asRoot('backup', join(server.folder, 'mine.db.zst'));
  await asRoot('backup', join(state, 'beside.db.zst'));
  await asRoot('backup', '--nightly');
  expect(statSync(join(server.folder, 'mine.db.zst')).uid).toBe(0);
  const inside = readdirSync(state, { recursive: true, withFileTypes: true });
  expect(inside.map(({ name }) => name)).toContain('beside.db.zst');
  for (const { name, parentPath } of inside) {
    expect([name, statSync(join(parentPath, name)).uid]).toEqual([name, 65_534]);
  }
});
