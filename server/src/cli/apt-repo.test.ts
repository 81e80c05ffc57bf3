import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { makePackage } from '../apt-repository/test-package.ts';
import { createInstallation } from './test-process.ts';

// each of several programs may take seconds to start on a busy machine
vi.setConfig({ testTimeout: 120_000 });

const MAIN = join(import.meta.dirname, '../main.ts');

test('packages are published, shown, removed; the key is printed and replaced', async () => {
  const server = await createInstallation();
  const files = ['0.1.0', '0.2.0', '0.10.0'].map((version) => makePackage(server.folder, { version }));
  const added = await server.run(['apt-repo', 'add', ...files]);
  expect(added.code).toBe(0);
  expect(added.stdout).toBe(
    ['0.1.0', '0.2.0', '0.10.0']
      .map((version) => `published proxmox-monitor-agent ${version} (amd64)\n`)
      .join(''),
  );
  expect(added.stderr).toMatch(/A key was made that signs the repository: [0-9A-F]{40}\n/);
  expect(added.stderr).toContain('wget -qO /etc/apt/keyrings/proxmox-monitor.asc http://127.0.0.1:');
  const listed = await server.run(['apt-repo', 'list']);
  expect(listed.stdout).toMatch(
    /^PACKAGE +VERSION +ARCHITECTURE +SIZE +FILE\nproxmox-monitor-agent +0\.10\.0 +amd64 +0\.0 MB +ok\n/,
  );
  expect((await server.run(['apt-repo', 'remove', 'proxmox-monitor-agent', '0.2.0'])).stdout).toBe(
    'removed proxmox-monitor-agent 0.2.0 (amd64)\n',
  );
  expect((await server.run(['apt-repo', 'prune', '--keep', '1'])).stdout).toContain('0.1.0');
  const key = await server.run(['apt-repo', 'key']);
  expect(key.stdout).toMatch(
    /^-----BEGIN PGP PUBLIC KEY BLOCK-----\n[\s\S]*-----END PGP PUBLIC KEY BLOCK-----\n$/,
  );
  const fingerprint = /^[0-9A-F]{40}/.exec(key.stderr)?.[0] ?? '';
  expect((await server.run(['apt-repo', 'new-key'])).stderr).toContain('signed by each of these keys');
  expect((await server.run(['apt-repo', 'drop-key', fingerprint])).code).toBe(0);
});

test('a file that was damaged shows in the list', async () => {
  const server = await createInstallation();
  await server.run(['apt-repo', 'add', makePackage(server.folder)]);
  const pool = join(server.folder, 'apt/public/pool/main/p/proxmox-monitor-agent');
  writeFileSync(join(pool, 'proxmox-monitor-agent_0.1.0_amd64.deb'), 'x');
  const listed = await server.run(['apt-repo', 'list']);
  expect(listed).toMatchObject({ code: 1, stdout: expect.stringContaining('DAMAGED') });
  expect(listed.stderr).toContain('add that package again, or remove it');
});

test.each([
  [['apt-repo', 'ad', 'x'], 64, 'Did you mean add?'],
  [['apt-repo', 'add'], 64, "missing required argument 'file'"],
  [['apt-repo', 'add', '/nowhere/x.deb'], 1, '/nowhere/x.deb: there is no such file; nothing was published'],
  [['apt-repo', 'remove', 'hello', '1'], 1, 'hello 1 is not published (none of it is); list shows what is'],
  [['apt-repo', 'prune', '--keep', '0'], 64, 'It must be a whole number, 1 or more.'],
  [['apt-repo', 'key'], 1, 'there is no key yet'],
])('%j ends with %i and says why', async (command, code, message) => {
  const server = await createInstallation();
  const ended = await server.run(command);
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(ended.stderr).toContain(message);
  expect(ended.stderr).not.toContain('    at ');
});

test.runIf(process.getuid?.() === 0)('a user who may not write is told to be root', async () => {
  const server = await createInstallation();
  const file = makePackage(server.folder);
  chmodSync(server.folder, 0o755);
  chmodSync(file, 0o644);
  const as = { env: server.environment, uid: 65_534, gid: 65_534 };
  const ended = await server.run(['apt-repo', 'add', file], undefined, as);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/: this user may not write to .*apt\/public: run the command as root\n$/);
});

test.runIf(process.getuid?.() === 0)('a full disk is told, and nothing is left of the attempt', async () => {
  const server = await createInstallation();
  const file = makePackage(server.folder, { content: randomBytes(3_000_000).toString('hex') });
  const state = join(server.folder, 'small');
  mkdirSync(state);
  const command = `mount -t tmpfs -o size=2m none '${state}' && '${process.execPath}' '${MAIN}' apt-repo add '${file}'
    code=$?; find '${state}' -type f -size +0; exit $code`;
  const env = { ...server.environment, DATABASE_PATH: join(state, 'monitor.db') };
  const ended = spawnSync('unshare', ['--mount', 'sh', '-c', command], { env, encoding: 'utf8' });
  expect(ended).toMatchObject({ status: 1, stdout: '' });
  expect(ended.stderr).toContain('apt/public; nothing was changed');
});

test.runIf(process.getuid?.() === 0)(
  'root publishes a file that only root may read, and everything belongs to the service',
  async () => {
    const server = await createInstallation();
    const secret = join(server.folder, 'root');
    mkdirSync(secret, { mode: 0o700 });
    const file = makePackage(secret);
    chmodSync(file, 0o600);
    chownSync(server.folder, 12_345, 12_345);
    expect(await server.run(['apt-repo', 'add', file])).toMatchObject({ code: 0 });
    const apt = join(server.folder, 'apt');
    const owners = readdirSync(apt, { recursive: true, encoding: 'utf8' }).map(
      (name) => statSync(join(apt, name)).uid,
    );
    expect(new Set(owners)).toEqual(new Set([12_345]));
  },
);
