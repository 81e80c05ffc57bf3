import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Host } from './host.ts';

let root = '';
let host = new Host();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'host-'));
  host = new Host(root);
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

test('this host is read where it is, a recorded one below its folder', () => {
  expect(new Host().path('/proc/stat')).toBe('/proc/stat');
  expect(host.path('/proc/stat')).toBe(`${root}/proc/stat`);
});

test('a file is read whole, whatever length it says it has', async () => {
  writeFileSync(join(root, 'long'), 'x'.repeat(40_000));
  expect(await host.read('/long')).toHaveLength(40_000);
  if (process.platform === 'linux') expect(await new Host().read('/proc/self/status')).toContain('State:');
});

const OPEN_FILES = '/proc/self/fd';
test.skipIf(!existsSync(OPEN_FILES))(
  'a file that was read is closed, and so is one that could not be',
  async () => {
    writeFileSync(join(root, 'file'), 'x');
    const before = readdirSync(OPEN_FILES).length;
    for (let round = 0; round < 50; round++) {
      await host.read('/file');
      await host.read('/').catch(() => undefined);
    }
    expect(readdirSync(OPEN_FILES).length - before).toBeLessThan(25);
  },
);

test('what is not there is undefined or empty', async () => {
  writeFileSync(join(root, 'file'), '');
  expect(await host.read('/none')).toBeUndefined();
  expect(await host.read('/file/below')).toBeUndefined();
  expect(await host.list('/none')).toEqual([]);
  expect(await host.list('/file')).toEqual([]);
  expect(await host.link('/none')).toBeUndefined();
  expect(await host.link('/file')).toBeUndefined();
});

test('what is there and cannot be read is an error', async () => {
  mkdirSync(join(root, 'folder'));
  await expect(host.read('/folder')).rejects.toThrow('EISDIR');
});

// The loopback has no speed, and says so with the error that a file which is no link gives readlink.
const NO_SPEED = '/sys/class/net/lo/speed';
test.skipIf(!existsSync(NO_SPEED))('what the kernel has no value for is an error too', async () => {
  await expect(new Host().read(NO_SPEED)).rejects.toThrow('EINVAL');
});

test('a file without end is an error', async () => {
  writeFileSync(join(root, 'endless'), Buffer.alloc(4 * 1024 * 1024 + 1));
  await expect(host.read('/endless')).rejects.toThrow('/endless is over 4194304 bytes');
});

test('a pipe in a recorded folder is not waited for', async () => {
  execFileSync('mkfifo', [join(root, 'pipe')]);
  expect(await host.read('/pipe')).toBe('');
});

test('names come sorted, links as they are written', async () => {
  for (const name of ['b', 'a', 'c']) writeFileSync(join(root, name), '');
  symlinkSync('../somewhere', join(root, 'link'));
  expect(await host.list('/')).toEqual(['a', 'b', 'c', 'link']);
  expect(await host.link('/link')).toBe('../somewhere');
});

test('programs are looked for below the folder of a recorded host and nowhere else', async () => {
  await expect(host.run('df', ['/'], { timeoutMs: 15_000 })).rejects.toThrow('df not found');
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  writeFileSync(join(root, 'usr/bin/df'), '#!/bin/sh\necho recorded\n', { mode: 0o755 });
  expect(await host.run('df', [], { timeoutMs: 15_000 })).toBe('recorded\n');
});

test('a recorded host may be named from where one is', async () => {
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  writeFileSync(join(root, 'usr/bin/df'), '#!/bin/sh\necho recorded\n', { mode: 0o755 });
  const near = new Host(relative(process.cwd(), root));
  expect(await near.run('df', [], { timeoutMs: 5_000 })).toBe('recorded\n');
});
