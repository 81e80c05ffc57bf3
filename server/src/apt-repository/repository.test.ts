import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { offerFiles } from './package-file.ts';
import { readRelease } from './release-file.ts';
import { type Addition, AptRepository } from './repository.ts';
import { lockRepository } from './repository-lock.ts';
import { makePackage } from './test-package.ts';

// each of several programs may take seconds to start on a busy machine
vi.setConfig({ testTimeout: 120_000 });

const runFile = promisify(execFile);

let packages: string;
let agent1: string;
let agent2: string;
let agent1Arm: string;
beforeAll(() => {
  packages = mkdtempSync(join(tmpdir(), 'apt-packages-'));
  agent1 = makePackage(packages);
  agent2 = makePackage(packages, { version: '0.2.0' });
  agent1Arm = makePackage(packages, { architecture: 'arm64' });
});
afterAll(() => rmSync(packages, { recursive: true }));

let scratch: string;
let folder: string;
let nowMs: number;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'apt-repository-'));
  folder = join(scratch, 'public');
  nowMs = Date.now();
});
afterEach(() => rmSync(scratch, { recursive: true }));

function repository(): AptRepository {
  return new AptRepository({
    folder,
    keyFolder: join(scratch, 'keys'),
    keyOwner: 'Test repository',
    now: () => nowMs,
  });
}

async function add(...paths: string[]): Promise<Addition> {
  const files = await offerFiles(paths);
  try {
    return await repository().add(files);
  } finally {
    await Promise.all(files.map(({ handle }) => handle.close()));
  }
}

/** What gpgv, which apt uses, says to the files. */
function verify(...files: string[]): string {
  const key = join(scratch, 'key.gpg');
  const options = ['--homedir', scratch, '--no-options', '--batch', '--yes', '--dearmor', '--output', key];
  execFileSync('gpg', [...options, join(folder, 'proxmox-monitor.asc')], { stdio: 'ignore' });
  return execFileSync('gpgv', ['--status-fd', '1', '--keyring', key, ...files], { stdio: 'pipe' }).toString();
}

/** Everything in the folder, with its content. */
function snapshot(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name !== '.lock' && statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'base64')]));
}

const list = (): string[] =>
  repository()
    .list()
    .map(({ name, version, architecture }) => `${name} ${version} ${architecture}`);
const at = (path: string): string => join(folder, 'dists/stable', path);
const text = (path: string): string => readFileSync(at(path), 'utf8');

describe('publishing', () => {
  test('makes a key, indexes for both architectures and signatures that hold', async () => {
    const { added, keys, keyIsNew } = await add(agent1, agent1Arm);
    expect(added.map(({ architecture }) => architecture)).toEqual(['amd64', 'arm64']);
    expect(keyIsNew).toBe(true);
    expect(keys).toHaveLength(1);
    expect(verify(at('InRelease'))).toContain(`VALIDSIG ${keys[0]?.fingerprint}`);
    expect(verify(at('Release.gpg'), at('Release'))).toContain('GOODSIG');
    expect(text('InRelease')).toContain('\nAcquire-By-Hash: yes\n');
    expect(text('main/binary-amd64/Packages')).toContain(
      'Description: a package for tests\n It has more than one line.\n .\n Even an empty one.\n' +
        'Filename: pool/main/p/proxmox-monitor-agent/proxmox-monitor-agent_0.1.0_amd64.deb\n',
    );
    expect(text('main/binary-arm64/Packages')).toContain('Architecture: arm64');
  });

  test('keeps the key in a folder for its owner alone, and leaves no program behind', async () => {
    await add(agent1);
    expect(statSync(join(scratch, 'keys')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(scratch, 'keys')).filter((name) => name.startsWith('S.'))).toEqual([]);
    expect(readdirSync(folder)).not.toContain('.incoming');
  });

  test('keeps older versions, newest first', async () => {
    await add(agent1);
    expect((await add(agent2)).keyIsNew).toBe(false);
    expect(list()).toEqual(['proxmox-monitor-agent 0.2.0 amd64', 'proxmox-monitor-agent 0.1.0 amd64']);
  });

  test('keeps the indexes that a host may still ask for, and forgets them after a week', async () => {
    await add(agent1);
    const before = readRelease(text('InRelease')).sha256.get('main/binary-amd64/Packages') ?? '';
    const old = at(`main/binary-amd64/by-hash/SHA256/${before}`);
    nowMs += 30 * 86_400_000;
    await add(agent2);
    expect(existsSync(old)).toBe(true);
    nowMs += 6 * 86_400_000;
    await add(makePackage(scratch, { version: '0.3.0' }));
    expect(existsSync(old)).toBe(true);
    nowMs += 2 * 86_400_000;
    await add(makePackage(scratch, { version: '0.4.0' }));
    expect(existsSync(old)).toBe(false);
  });

  test('the same file again changes nothing, and mends one that was lost or damaged', async () => {
    await add(agent1);
    const before = snapshot();
    expect(await add(agent1)).toMatchObject({ added: [], known: [{ version: '0.1.0' }] });
    expect(snapshot()).toEqual(before);
    const [published] = repository().list();
    if (published === undefined) throw new Error('nothing is published');
    const file = join(folder, 'pool/main/p/proxmox-monitor-agent/proxmox-monitor-agent_0.1.0_amd64.deb');
    appendFileSync(file, 'x');
    expect(await repository().fileState(published)).toBe('damaged');
    rmSync(file);
    expect(await repository().fileState(published)).toBe('missing');
    await add(agent1);
    expect(await repository().fileState(published)).toBe('ok');
    expect(snapshot()).toEqual(before);
  });

  test('a change within the same second has a later time, for apt asks by the second', async () => {
    await add(agent1);
    const first = statSync(at('InRelease')).mtimeMs;
    await add(agent2);
    expect(statSync(at('InRelease')).mtimeMs).toBeGreaterThanOrEqual(first + 1000);
  });

  test('a clock that was set back a little does not make the date go back', async () => {
    await add(agent1);
    const { dateMs } = readRelease(text('InRelease'));
    nowMs -= 5_000;
    await add(agent2);
    expect(readRelease(text('InRelease')).dateMs).toBe(dateMs);
  });

  test('fields of the index in the package itself do not count', async () => {
    const more = 'Filename: ../../etc/passwd\nSHA256: 00\n 11\n';
    await add(makePackage(scratch, { version: '0.9.0', more }));
    const index = text('main/binary-amd64/Packages');
    expect(index.match(/^Filename:.*$/gm)).toEqual([
      'Filename: pool/main/p/proxmox-monitor-agent/proxmox-monitor-agent_0.9.0_amd64.deb',
    ]);
    expect(index).not.toContain(' 11\n');
  });

  test('what an interrupted command left is cleared away', async () => {
    await add(agent1);
    mkdirSync(join(folder, '.incoming'));
    writeFileSync(join(folder, '.incoming/half'), 'x');
    await add(agent2);
    expect(readdirSync(folder)).not.toContain('.incoming');
  });

  test('several at once all come through', async () => {
    const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'].map((version) => makePackage(scratch, { version }));
    const main = join(import.meta.dirname, 'test-add.ts');
    const children = versions.map((file) =>
      runFile(process.execPath, [main, folder, join(scratch, 'keys'), file]),
    );
    await Promise.all(children);
    expect(list()).toHaveLength(4);
    expect(readRelease(text('InRelease')).sha256.size).toBe(4);
    expect(verify(at('InRelease')).match(/GOODSIG/g)).toHaveLength(1);
  });
});

test('a command that is killed at any moment leaves a repository that is whole', {
  timeout: 60_000,
}, async () => {
  await add(agent1);
  const main = join(import.meta.dirname, 'test-add.ts');
  for (let round = 0; round < 12; round += 1) {
    const file = makePackage(scratch, { version: `1.${round}` });
    const child = execFile(process.execPath, [main, folder, join(scratch, 'keys'), file]);
    const ended = once(child, 'exit');
    await pause(200 + round * 60);
    child.kill('SIGKILL');
    await ended;
    expect(verify(at('InRelease'))).toContain('GOODSIG');
    const states = await Promise.all(
      repository()
        .list()
        .map((one) => repository().fileState(one)),
    );
    expect(new Set(states)).toEqual(new Set(['ok']));
  }
  await add(agent2);
  expect(list()).toContain('proxmox-monitor-agent 0.2.0 amd64');
});

describe('refused, with nothing changed, is', () => {
  const refusals: readonly [string, () => string, RegExp][] = [
    ['what is no package', () => textFile('notes.deb', 'hello\n'), /notes\.deb: is no Debian package/],
    ['an empty file', () => textFile('empty.deb', ''), /is no Debian package/],
    ['a package that was cut off', truncated, /is damaged or not whole: copy or build it again/],
    ['a package with flipped bytes', flipped, /is damaged or not whole/],
    ['another package', () => makePackage(scratch, { name: 'hello' }), /is the package "hello", and only/],
    ['another architecture', () => makePackage(scratch, { architecture: 'i386' }), /is for "i386", and only/],
    [
      'a version with an epoch',
      () => makePackage(scratch, { version: '1:2.0' }),
      /cannot be published: "1:2/,
    ],
    ['a version with other content', otherContent, /0\.1\.0 \(amd64\) is there already with other content/],
    ['a file that is missing', () => join(scratch, 'missing.deb'), /there is no such file/],
    ['a folder', () => scratch, /is no file/],
    ['a pipe', pipe, /is no file/],
  ];
  test.each(refusals)('%s', async (_, make, message) => {
    await add(agent1);
    const before = snapshot();
    await expect(add(agent2, make())).rejects.toThrow(message);
    expect(snapshot()).toEqual(before);
  });

  test('anything while another command writes', async () => {
    await add(agent1);
    const held = lockRepository(folder);
    expect(() => lockRepository(folder, 10)).toThrow('another command changes the repository');
    held.release();
  });

  test('a new key in place of one that was lost', async () => {
    await add(agent1);
    rmSync(join(scratch, 'keys'), { recursive: true });
    const before = snapshot();
    await expect(add(agent2)).rejects.toThrow(/the key that signs this repository is not in .*keys: put the/);
    expect(snapshot()).toEqual(before);
  });

  test('an index that was changed by hand', async () => {
    await add(agent1);
    const sha256 = readRelease(text('InRelease')).sha256.get('main/binary-amd64/Packages');
    appendFileSync(at(`main/binary-amd64/by-hash/SHA256/${sha256}`), '\n');
    await expect(add(agent2)).rejects.toThrow(/is damaged .*it is not what was signed/);
    // and the way out that it names
    rmSync(join(folder, 'dists'), { recursive: true });
    await add(join(folder, 'pool/main/p/proxmox-monitor-agent/proxmox-monitor-agent_0.1.0_amd64.deb'));
    expect(list()).toEqual(['proxmox-monitor-agent 0.1.0 amd64']);
  });
});

describe('removing', () => {
  test('takes a version of all architectures away, its files too', async () => {
    await add(agent1, agent1Arm, agent2);
    await repository().remove('proxmox-monitor-agent', '0.1.0');
    expect(list()).toEqual(['proxmox-monitor-agent 0.2.0 amd64']);
    expect(Object.keys(snapshot()).filter((name) => name.endsWith('.deb'))).toHaveLength(1);
    await expect(repository().remove('proxmox-monitor-agent', '0.1.0')).rejects.toThrow('(0.2.0 is)');
    expect(verify(at('InRelease'))).toContain('GOODSIG');
  });

  test('keeps as many of the newest as were asked for', async () => {
    await add(agent1, agent1Arm, agent2, makePackage(scratch, { version: '0.10.0' }));
    await repository().prune(2);
    expect(list()).toEqual([
      'proxmox-monitor-agent 0.10.0 amd64',
      'proxmox-monitor-agent 0.2.0 amd64',
      'proxmox-monitor-agent 0.1.0 arm64',
    ]);
    expect(await repository().prune(2)).toEqual([]);
  });
});

test('a key follows another without a moment in which a host trusts neither', async () => {
  const { keys: before } = await add(agent1);
  const [old] = before;
  const keys = await repository().addKey();
  expect(verify(at('InRelease')).match(/^\[GNUPG:\] GOODSIG/gm)).toHaveLength(2);
  expect(keys.map(({ fingerprint }) => fingerprint)).toContain(old?.fingerprint);
  const rest = await repository().dropKey(old?.fingerprint.toLowerCase() ?? '');
  expect(rest).toHaveLength(1);
  expect(verify(at('InRelease'))).not.toContain(old?.fingerprint);
  await expect(repository().dropKey(rest[0]?.fingerprint ?? '')).rejects.toThrow('the only key');
  await expect(repository().dropKey('00')).rejects.toThrow('no key has the fingerprint 00');
});

test('a key folder whose path is too long for gpg is refused in words', async () => {
  const long = new AptRepository({
    folder,
    keyFolder: join(scratch, 'k'.repeat(100)),
    keyOwner: 'Test repository',
    now: () => nowMs,
  });
  const files = await offerFiles([agent1]);
  await expect(long.add(files)).rejects.toThrow('too long for gpg');
});

function textFile(name: string, content: string): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

function truncated(): string {
  const path = makePackage(scratch, { version: '0.7.0', content: 'abc\n'.repeat(10_000) });
  truncateSync(path, statSync(path).size - 40);
  return path;
}

function flipped(): string {
  const path = makePackage(scratch, { version: '0.7.0', content: `${Math.PI}\n`.repeat(10_000) });
  const content = readFileSync(path);
  const middle = content.length - 30;
  content[middle] = (content[middle] ?? 0) ^ 0xff;
  writeFileSync(path, content);
  return path;
}

function otherContent(): string {
  return makePackage(scratch, { content: 'something else\n' });
}

function pipe(): string {
  const path = join(scratch, 'pipe.deb');
  execFileSync('mkfifo', [path]);
  return path;
}
