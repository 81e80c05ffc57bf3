import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { Host } from '../host.ts';
import { runOnce } from '../run-once.ts';
import { factsOf, type RecordedZfs, recordedZfs } from '../zfs/testing.ts';
import { zfsPools } from './zfs-pools.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zfs-host-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true, force: true });
});

/** A `zpool` that prints what was recorded, and refuses `-j` as the versions without JSON do. */
function recordedHost(recorded: RecordedZfs): Host {
  writeFileSync(join(root, 'status.txt'), recorded.status);
  writeFileSync(join(root, 'list.txt'), recorded.list);
  writeFileSync(join(root, 'status.json'), recorded.statusJson ?? '');
  const json =
    recorded.statusJson === undefined
      ? `echo "invalid option 'j'" >&2; echo usage: >&2; exit 2`
      : `cat ${root}/status.json`;
  zpool(`case "$*" in
    "status -j -p") ${json} ;;
    "status -p") cat ${root}/status.txt ;;
    "list -Hp -o name,guid,health,"*) cat ${root}/list.txt ;;
    *) echo "unexpected: $*" >&2; exit 3 ;;
  esac`);
  for (const [, pool, state] of recorded.status.matchAll(/^ {2}pool: (.+)\n state: (.+)$/gm)) {
    kstat(pool ?? '', state ?? '');
  }
  return new Host(root);
}

function zpool(script: string): void {
  mkdirSync(join(root, 'usr/sbin'), { recursive: true });
  writeFileSync(join(root, 'usr/sbin/zpool'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, 'usr/sbin/zpool'), 0o755);
}

function kstat(pool: string, state: string): void {
  mkdirSync(join(root, 'proc/spl/kstat/zfs', pool), { recursive: true });
  writeFileSync(join(root, 'proc/spl/kstat/zfs', pool, 'state'), `${state}\n`);
}

describe('played back through a stand-in for zpool', () => {
  test.each(recordedZfs())('$name', async (recorded) => {
    const { document, source } = await runOnce(zfsPools, recordedHost(recorded), systemClock);
    expect(source).toMatchObject({ state: 'ok' });
    // How long a running scan will take depends on when it is asked.
    const facts = (text: string): string => text.replaceAll(/,"secondsLeft":\d+/g, '');
    expect(facts(factsOf(document?.pools ?? []))).toBe(facts(recorded.facts));
  });
});

test('JSON that stops in the middle, with exit code 0, is made up for by the text', async () => {
  const recorded = recordedZfs().find(
    ({ statusJson, status }) => statusJson !== undefined && status.includes('tank'),
  );
  if (recorded?.statusJson === undefined) throw new Error('no recorded JSON');
  const host = recordedHost({ ...recorded, statusJson: recorded.statusJson.slice(0, -200) });
  const { document, source } = await runOnce(zfsPools, host, systemClock);
  expect(source).toMatchObject({ state: 'ok' });
  expect(document?.pools.map(({ name }) => name)).toEqual(['tank']);
});

test('a zpool without JSON is asked for it once, not every time', async () => {
  const recorded = recordedZfs().find(({ statusJson, list }) => statusJson === undefined && list !== '');
  if (recorded === undefined) throw new Error('no recorded text');
  const host = recordedHost(recorded);
  await runOnce(zfsPools, host, systemClock);
  zpool(`case "$*" in *-j*) exit 9 ;; list*) cat ${root}/list.txt ;; *) cat ${root}/status.txt ;; esac`);
  expect((await runOnce(zfsPools, host, systemClock)).source).toMatchObject({ state: 'ok' });
});

test('a host without zpool and without pools has no ZFS', async () => {
  expect((await runOnce(zfsPools, new Host(root), systemClock)).source).toMatchObject({
    state: 'absent',
    reason: 'no ZFS on this host',
  });
});

test('tools without the kernel module are no ZFS either', async () => {
  zpool(`echo "The ZFS modules are not loaded." >&2; exit 1`);
  expect((await runOnce(zfsPools, new Host(root), systemClock)).source).toMatchObject({ state: 'absent' });
});

test('pools without the tools are a failure that names the package', async () => {
  kstat('tank', 'ONLINE');
  expect((await runOnce(zfsPools, new Host(root), systemClock)).source).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('zfsutils-linux'),
  });
});

test('an error of zpool is said in its own words', async () => {
  zpool('echo "internal error: out of luck" >&2; exit 1');
  expect((await runOnce(zfsPools, new Host(root), systemClock)).source).toMatchObject({
    state: 'failed',
    reason: 'zpool ended with exit code 1: internal error: out of luck',
  });
});

test('the mark changes when a pool changes its state, comes or goes', async () => {
  const host = new Host(root);
  const marks = [await zfsPools.changeMark?.(host)];
  for (const state of ['ONLINE', 'DEGRADED', 'SUSPENDED']) {
    kstat('tank', state);
    marks.push(await zfsPools.changeMark?.(host));
  }
  expect(new Set(marks).size).toBe(4);
});

test('a zpool that hangs on a suspended pool leaves what the kernel says of it, as stale', async () => {
  kstat('tank', 'SUSPENDED');
  kstat('rpool', 'ONLINE');
  zpool(`touch ${root}/started; exec sleep 600`);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const run = runOnce(zfsPools, new Host(root), systemClock);
  await vi.waitUntil(() => existsSync(join(root, 'started')));
  await vi.advanceTimersByTimeAsync(10_000);
  const { document, source } = await run;
  expect(source).toMatchObject({ state: 'stale', reason: 'zpool did not answer in 10 s' });
  expect(document?.pools.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
    'rpool ONLINE',
    'tank SUSPENDED',
  ]);
});

test('a pool that is suspended between two looks is told to be so, with all else that was known of it', async () => {
  const recorded = recordedZfs().find(({ name }) => name.endsWith('88-before'));
  if (recorded === undefined) throw new Error('not recorded');
  const host = recordedHost(recorded);
  kstat('backup', 'SUSPENDED');
  const { document } = await runOnce(zfsPools, host, systemClock);
  expect(document?.pools.map(({ name, state, guid }) => ({ name, state, guid }))).toEqual([
    { name: 'backup', state: 'SUSPENDED', guid: '3960222412195173207' },
    { name: 'tank', state: 'ONLINE', guid: '10957231343180980633' },
  ]);
});

test('a zpool that was upgraded is asked for JSON again within the hour', async () => {
  const [older, newer] = [
    recordedZfs().find(({ name }) => name.includes('noble') && name.endsWith('11-two-pools')),
    recordedZfs().find(({ name }) => name.endsWith('88-before')),
  ];
  if (older === undefined || newer === undefined) throw new Error('not recorded');
  const host = recordedHost(older);
  await runOnce(zfsPools, host, systemClock);
  recordedHost(newer);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60 * 60 * 1000 });
  const { document } = await runOnce(zfsPools, host, systemClock);
  expect(document?.pools[0]?.vdevs[1]?.path).toMatch(/^\/dev\/disk\/by-id\//);
});

describe('inside a container, where the kernel shows the pools of the machine outside', () => {
  beforeEach(() => {
    kstat('tank', 'ONLINE');
    mkdirSync(join(root, 'run/systemd'), { recursive: true });
    writeFileSync(join(root, 'run/systemd/container'), 'lxc\n');
  });

  test.each([
    ['no tools', undefined],
    ['no device', 'echo "/dev/zfs and /proc/self/mounts are required." >&2; exit 1'],
    ['no right', 'echo "Permission denied the ZFS utilities must be run as root." >&2; exit 1'],
  ])('there is no ZFS: %s', async (_, script) => {
    if (script !== undefined) zpool(script);
    expect((await runOnce(zfsPools, new Host(root), systemClock)).source).toMatchObject({
      state: 'absent',
      reason: 'inside a container: its pools belong to the machine outside',
    });
  });

  test('pools that were handed in are shown', async () => {
    const recorded = recordedZfs().find(({ name }) => name.endsWith('88-before'));
    if (recorded === undefined) throw new Error('not recorded');
    const { document } = await runOnce(zfsPools, recordedHost(recorded), systemClock);
    expect(document?.pools).toHaveLength(2);
  });
});
