import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLOSE_CODES } from '@proxmox-monitor/protocol';
import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { TestAgent } from '../ingest/test-agent.ts';
import { VERSION } from '../version.ts';
import { createInstallation } from './test-process.ts';

test('a host is registered, listed, given a new token and removed; only the token goes to stdout', async () => {
  const server = await createInstallation();
  expect(await server.run(['migrate'])).toMatchObject({ code: 0, stdout: '' });
  const registered = await server.run(['register-host', 'pve1']);
  expect(registered.code).toBe(0);
  expect(registered.stdout).toMatch(/^pma_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}\n$/);
  const rotated = await server.run(['rotate-token', 'pve1']);
  expect(rotated.stdout).toMatch(/^pma_/);
  expect(rotated.stdout).not.toBe(registered.stdout);
  const listed = await server.run(['list-hosts']);
  expect(listed.stdout).toMatch(/^NAME +TOKEN +AGENT +LAST SEEN +REGISTERED\npve1 +pma_.{12}_… +- +never +2/);
  expect(listed.stdout).not.toContain(rotated.stdout.slice(18, 40));
  const unasked = await server.run(['remove-host', 'pve1']);
  expect(unasked.code).toBe(1);
  expect(unasked.stderr).toContain('no terminal to ask on: say --yes if you mean it; nothing was changed');
  expect((await server.run(['list-hosts'])).stdout).toContain('pve1');
  expect(await server.run(['remove-host', 'pve1', '--yes'])).toMatchObject({ code: 0 });
  expect((await server.run(['list-hosts'])).stderr).toContain('no host is registered');
});

test('metrics-token prints a token and nothing else to stdout, and takes it away again', async () => {
  const server = await createInstallation();
  await server.run(['migrate']);
  const made = await server.run(['metrics-token']);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^pmm_[\w-]{43}\n$/) });
  expect(made.stderr).toContain('/metrics');
  expect(await server.run(['metrics-token', '--remove'])).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('nobody can read /metrics'),
  });
});

test.each([
  [['register-host', '<script>alert(1)</script>'], 1, 'is not a name for a host'],
  [['remove-host', 'pve9', '--yes'], 1, 'no host is registered as "pve9"'],
  [['rotate-token', 'pve9'], 1, 'no host is registered as "pve9"'],
  [['rollback', '--to', '7'], 64, 'the schema is at 2: it can be rolled back to 0 … 2'],
  [['rollback', '--to', 'x'], 64, 'It must be a whole number'],
  [['backup'], 64, 'say which file to write'],
  [['backup', 'x', '--nightly'], 64, 'give neither FILE nor --full'],
  [['regster-host', 'pve1'], 64, 'Did you mean register-host?'],
  [['register-host'], 64, "missing required argument 'name'"],
  [['set-password'], 1, 'give the password with --stdin'],
])('%j ends with %i and says why', async (command, code, message) => {
  const server = await createInstallation();
  await server.prepare(() => undefined);
  const ended = await server.run(command);
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(ended.stderr).toContain(message);
  expect(ended.stderr).not.toContain('    at ');
});

test('without a database every command but serve and migrate says how to make one', async () => {
  const server = await createInstallation();
  const ended = await server.run(['list-hosts']);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain(`no database at ${server.databasePath} yet: proxmox-monitor-server migrate`);
  expect(readdirSync(server.folder)).not.toContain('monitor.db');
});

test.runIf(process.getuid?.() === 0 && readableByAll(import.meta.dirname))(
  'a database in a folder that is closed to this user is not taken for one that is missing',
  async () => {
    const server = await createInstallation();
    await server.prepare(() => undefined);
    chmodSync(server.folder, 0o755);
    const closed = join(server.folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const env = { ...server.environment, DATABASE_PATH: join(closed, 'monitor.db') };
    const child = await server.run(['list-hosts'], undefined, { env, uid: 65_534, gid: 65_534 });
    expect(child.stderr).toContain('this user may not open it; run the command as root');
  },
);

test('a server that cannot start ends and says why', async () => {
  const server = await createInstallation();
  // a file where the dashboard's folder should be
  rmSync(join(server.folder, 'web/assets'), { recursive: true });
  writeFileSync(join(server.folder, 'web/assets'), '');
  const ended = await server.run(['serve']);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('must be a directory');
});

test('a database of a newer version is refused by every command with 3, and is not touched', async () => {
  const server = await createInstallation();
  await server.prepare(({ $client: client }) =>
    client.exec("INSERT INTO migration VALUES (3, 'future', 'x', 1, NULL); PRAGMA user_version = 3"),
  );
  for (const command of [['serve'], ['migrate'], ['list-hosts'], ['rollback']]) {
    const ended = await server.run(command);
    expect([command, ended.code]).toEqual([command, 3]);
    expect(ended.stderr).toMatch(
      /has schema 3, newer than the 2 that this version \(.*\) knows; nothing was touched/,
    );
  }
});

test('a configuration that is not valid ends with 78 and names the place', async () => {
  const server = await createInstallation();
  const path = join(server.folder, 'server.toml');
  writeFileSync(path, '[server]\nprot = 1\n');
  const ended = await server.run(['serve']);
  expect(ended.code).toBe(78);
  expect(ended.stderr).toBe(
    `proxmox-monitor-server: ${path}:2: [server] has no key prot; did you mean port?\n`,
  );
});

test('two processes that migrate at once make it once', async () => {
  const server = await createInstallation();
  const ended = await Promise.all([
    server.run(['migrate']),
    server.run(['migrate']),
    server.run(['migrate']),
  ]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  const client = new SqliteDatabase(server.databasePath, { readonly: true });
  expect(client.prepare('SELECT count(*) FROM migration').pluck().get()).toBe(2);
  client.close();
});

test('a password is set from stdin, hashed for the environment, and refused when it is too short', async () => {
  const server = await createInstallation();
  await server.prepare(() => undefined);
  expect(await server.run(['set-password', '--stdin'], 'correct horse battery\n')).toMatchObject({
    code: 0,
    stdout: '',
  });
  const hashed = await server.run(['hash-password', '--stdin'], 'correct horse battery\n');
  expect(hashed.stdout).toMatch(/^\$argon2id\$v=19\$\S+\n$/);
  expect((await server.run(['set-password', '--stdin'], 'short\n')).stderr).toContain('too short');
  expect((await server.run(['set-password', '--stdin'], 'two\nlines\n')).stderr).toContain(
    'more than one line',
  );
});

test('serve migrates, takes samples, is seen by check, keeps others out, and ends cleanly on SIGTERM', async () => {
  const server = await createInstallation();
  const { child, ended } = await server.serve();
  const { stdout } = await server.run(['register-host', 'pve1']);
  const agent = await TestAgent.connect({ url: server.url, token: stdout.trim() });
  await agent.deliver();
  expect((await server.run(['check'])).stdout).toContain('the server answers on');
  const rolledBack = await server.run(['rollback']);
  expect(rolledBack.code).toBe(1);
  expect(rolledBack.stderr).toContain('is held by the running server, or another migration: stop it first');
  expect(await server.run(['serve'])).toMatchObject({ code: 1 });
  const startMs = performance.now();
  child.kill('SIGTERM');
  expect(await agent.closed).toMatchObject({ code: CLOSE_CODES.goingAway });
  const { code, stdout: log, stderr } = await ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(performance.now() - startMs).toBeLessThan(5_000);
  const lines = log
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({ msg: 'server stopped' });
  expect(log).not.toContain(stdout.trim().slice(20, 50));
  expect(readdirSync(server.folder)).not.toContain('monitor.db-wal');
});

test('check says what is missing, and fails for what does not work', async () => {
  const server = await createInstallation();
  const fresh = await server.run(['check']);
  expect(fresh.code).toBe(0);
  expect(fresh.stdout).toContain('does not exist yet');
  writeFileSync(server.databasePath, 'not a database, but as long as the header of one would be: '.repeat(4));
  const ended = await server.run(['check']);
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain('it is not a SQLite database');
});

/** A process that gave up root's rights cannot load its modules from a clone below /root. */
function readableByAll(folder: string): boolean {
  const open = (statSync(folder).mode & 0o005) === 0o005;
  return open && (dirname(folder) === folder || readableByAll(dirname(folder)));
}

test.runIf(process.getuid?.() === 0 && readableByAll(import.meta.dirname))(
  'what root does beside the service leaves no file of root’s',
  async () => {
    const server = await createInstallation();
    chownSync(server.folder, 65_534, 65_534);
    expect(await server.run(['migrate'])).toMatchObject({ code: 0 });
    expect(await server.run(['register-host', 'pve1'])).toMatchObject({ code: 0 });
    for (const file of readdirSync(server.folder).filter((name) => name.startsWith('monitor.db'))) {
      expect([file, statSync(join(server.folder, file)).uid]).toEqual([file, 65_534]);
    }
  },
);

test('the version is that of the packages', async () => {
  const server = await createInstallation();
  expect((await server.run(['--version'])).stdout).toBe(`${VERSION}\n`);
});
