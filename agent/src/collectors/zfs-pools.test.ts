import { existsSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { Host } from '../host.ts';
import { runOnce } from '../run-once.ts';
import { MemoryState, type State } from '../state.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { recordedMoment, zpoolOf } from '../zfs/testing.ts';
import { zfsDatasets } from './zfs-datasets.ts';
import { zfsPools } from './zfs-pools.ts';
import { zfsSnapshots } from './zfs-snapshots.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A recorded host that remembers as the agent does from one start to the next. */
class Remembering extends Host {
  constructor(root: string, state: State) {
    super(root, { state });
  }
}

const healthy = recordedMoment('questing-2.3.4/88-before');
const older = recordedMoment('noble-2.2.2/11-two-pools');
const run = (host: Host) => runOnce(zfsPools, host, systemClock);

/** A host that the kernel shows these pools on, by name and state. */
function withPools(states: Readonly<Record<string, string>>, host = new RecordedHost()): RecordedHost {
  for (const [pool, state] of Object.entries(states)) {
    host.files({ [`/proc/spl/kstat/zfs/${pool}/state`]: `${state}\n` });
  }
  return host;
}

const zpool = (host: RecordedHost, script: string): RecordedHost => host.program('/usr/sbin/zpool', script);

describe('JSON and text', () => {
  test('JSON that stops in the middle, with exit code 0, is made up for by the text', async () => {
    const host = zpoolOf({ ...healthy, statusJson: healthy.statusJson?.slice(0, -200) });
    const { document, source } = await run(host);
    expect(source.state).toBe('ok');
    expect(document?.pools.map(({ name }) => name)).toEqual(['backup', 'tank']);
  });

  test('a zpool without JSON is asked for it once, not every time', async () => {
    const host = zpoolOf(older);
    await run(host);
    zpool(
      host,
      `case "$*" in *-j*) exit 9 ;; list*) cat ${host.root}/list.txt ;; *) cat ${host.root}/status.txt ;; esac`,
    );
    expect((await run(host)).source.state).toBe('ok');
  });

  test('a zpool that was upgraded is asked for JSON again within the hour', async () => {
    const host = zpoolOf(older);
    await run(host);
    zpool(host, `case "$*" in *-j*) cat ${host.root}/new.json ;; *) cat ${host.root}/list.txt ;; esac`);
    host.files({ '/new.json': healthy.statusJson ?? '', '/list.txt': healthy.list });
    vi.spyOn(systemClock, 'monotonic').mockReturnValue(systemClock.monotonic() + 60 * 60 * 1000);
    // Only JSON has paths.
    expect((await run(host)).document?.pools[0]?.vdevs[1]?.path).toMatch(/^\/dev\/disk\/by-id\//);
  });
});

describe('a zpool without JSON that prints nothing, with exit code 0', () => {
  const script = 'case "$*" in *-j*) exit 2 ;; list*) ;; *) echo "no pools available" >&2 ;; esac';

  test('says that there is no pool, where the kernel has none', async () => {
    expect(await run(zpool(new RecordedHost(), script))).toMatchObject({
      source: { state: 'ok' },
      document: { pools: [] },
    });
  });

  test('has failed where the kernel has one', async () => {
    expect((await run(zpool(withPools({ tank: 'ONLINE' }), script))).source).toMatchObject({
      state: 'failed',
      reason: 'zpool status printed nothing',
    });
  });
});

describe('there is no ZFS', () => {
  test('without zpool and without pools', async () => {
    expect((await run(new RecordedHost())).source).toMatchObject({
      state: 'absent',
      reason: 'no ZFS on this host',
    });
  });

  test('with the tools but not the kernel module', async () => {
    const host = zpool(new RecordedHost(), 'echo "The ZFS modules are not loaded." >&2; exit 1');
    expect((await run(host)).source).toMatchObject({
      state: 'absent',
      reason: 'the ZFS kernel module is not loaded',
    });
  });
});

test.each([zfsDatasets, zfsSnapshots])(
  '$name is absent, too, without the kernel module',
  async (collector) => {
    const host = new RecordedHost().program(
      '/usr/sbin/zfs',
      'echo "The ZFS modules cannot be auto-loaded." >&2; exit 1',
    );
    expect((await runOnce(collector, host, systemClock)).source).toMatchObject({
      state: 'absent',
      reason: 'the ZFS kernel module is not loaded',
    });
  },
);

describe.each([
  "/dev/zfs and /proc/self/mounts are required. Try running 'udevadm trigger' as root.",
  'Failed to initialize the libzfs library.',
  'Permission denied the ZFS utilities must be run as root.',
])('"%s"', (message) => {
  const script = `echo "${message}" >&2; exit 1`;

  test.each([zfsPools, zfsDatasets, zfsSnapshots])(
    'says to $name that ZFS came after the agent, where its device is there',
    async (collector) => {
      const host = new RecordedHost().files({ '/dev/zfs': '' });
      zpool(host, script).program('/usr/sbin/zfs', script);
      expect((await runOnce(collector, host, systemClock)).source).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('systemctl restart proxmox-monitor-agent'),
      });
    },
  );

  test.each([zfsPools, zfsDatasets, zfsSnapshots])(
    'is told as it is by $name where there is none',
    async (collector) => {
      const host = zpool(new RecordedHost(), script).program('/usr/sbin/zfs', script);
      expect((await runOnce(collector, host, systemClock)).source).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining(message),
      });
    },
  );
});

describe('inside a container, where the kernel shows the pools of the machine outside', () => {
  const container = { '/run/systemd/container': 'lxc\n' };

  test.each([
    ['no tools', undefined],
    ['no device', 'echo "/dev/zfs and /proc/self/mounts are required." >&2; exit 1'],
    ['no right', 'echo "Permission denied the ZFS utilities must be run as root." >&2; exit 1'],
  ])('there is no ZFS: %s', async (_, script) => {
    const host = withPools({ tank: 'ONLINE' }).files(container);
    if (script !== undefined) zpool(host, script);
    expect((await run(host)).source).toMatchObject({
      state: 'absent',
      reason: 'inside a container: its pools belong to the machine outside',
    });
  });

  test('pools that were handed in are shown', async () => {
    expect((await run(zpoolOf(healthy).files(container))).document?.pools).toHaveLength(2);
  });
});

describe('a failure', () => {
  test('is pools without the tools, with the package to install', async () => {
    expect((await run(withPools({ tank: 'ONLINE' }))).source).toMatchObject({
      state: 'failed',
      reason: 'zpool not found, though pools are imported: install zfsutils-linux',
    });
  });

  test('is what zpool says in its own words', async () => {
    const host = zpool(new RecordedHost(), 'echo "internal error: out of luck" >&2; exit 1');
    expect((await run(host)).source).toMatchObject({
      state: 'failed',
      reason: 'zpool ended with exit code 1: internal error: out of luck',
    });
  });
});

describe('the kernel knows first', () => {
  test('the mark changes when a pool changes its state, comes or goes', async () => {
    const host = new RecordedHost();
    const marks = [await zfsPools.changeMark?.(host)];
    for (const state of ['ONLINE', 'DEGRADED', 'SUSPENDED']) {
      marks.push(await zfsPools.changeMark?.(withPools({ tank: state }, host)));
    }
    expect(new Set(marks).size).toBe(4);
  });

  test('a pool that is suspended between two looks is told to be so, with all else that is known', async () => {
    const { document } = await run(withPools({ backup: 'SUSPENDED' }, zpoolOf(healthy)));
    expect(document?.pools.map(({ name, state, guid }) => ({ name, state, guid }))).toEqual([
      { name: 'backup', state: 'SUSPENDED', guid: '3960222412195173207' },
      { name: 'tank', state: 'ONLINE', guid: '10957231343180980633' },
    ]);
  });

  test('a zpool that hangs on a suspended pool leaves what the kernel says of it, as stale', async () => {
    const host = withPools({ rpool: 'ONLINE', tank: 'SUSPENDED' });
    zpool(host, `touch ${host.root}/started; exec sleep 600`);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const running = run(host);
    await vi.waitUntil(() => existsSync(host.path('/started')));
    // Sooner than the next fast tick.
    await vi.advanceTimersByTimeAsync(1_000);
    const { document, source } = await running;
    expect(source).toMatchObject({ state: 'stale', reason: 'zpool did not answer in 1 s' });
    expect(document?.pools.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'rpool ONLINE',
      'tank SUSPENDED',
    ]);
  });
});

describe('what zpool forgets', () => {
  const scrubbed = recordedMoment('resolute-2.4.1/06-scrub-repaired-cksum-errors');
  const resilvered = recordedMoment('noble-2.2.2/82-mirror-resilvered');

  test('the last scrub stays known when a resilver takes its place, and after the agent was started anew', async () => {
    const state = new MemoryState();
    const before = zpoolOf(scrubbed);
    const name = (await run(before)).document?.pools[0]?.name ?? '';
    const first = await run(new Remembering(before.root, state));
    const scrub = first.document?.pools[0]?.scan;
    expect(scrub).toMatchObject({ function: 'scrub', state: 'finished', repairedBytes: expect.any(Number) });
    expect(first.document?.pools[0]?.lastScrub).toEqual(scrub);
    const guid = first.document?.pools[0]?.guid ?? '';
    // The same pool later, as another recorded pool whose last work was a resilver.
    const later = zpoolOf({
      ...resilvered,
      status: resilvered.status.replace(/(pool: )(\S+)/, `$1${name}`),
      list: resilvered.list.replace(/^\S+\t\d+/, `${name}\t${guid}`),
    });
    const second = await run(new Remembering(later.root, state));
    expect(second.document?.pools[0]).toMatchObject({ scan: { function: 'resilver' }, lastScrub: scrub });
  });

  test('a pool that was never scrubbed has no last scrub', async () => {
    const { document } = await run(
      zpoolOf(recordedMoment('resolute-2.4.1/01-mirror-healthy-never-scrubbed')),
    );
    expect(document?.pools.map(({ lastScrub }) => lastScrub)).toEqual([undefined]);
  });
});

test('errors that are still coming are told apart: the only disk of a pool that says ONLINE is gone', async () => {
  const host = zpoolOf(healthy);
  const recent = async () =>
    (await run(host)).document?.pools.flatMap(({ name, state, recentDataErrors, vdevs }) => ({
      name,
      state,
      recentDataErrors,
      recentErrors: vdevs.map(({ recentErrors }) => recentErrors),
    }));
  const [backup] = (await recent()) ?? [];
  expect(backup).toMatchObject({ name: 'backup', state: 'ONLINE', recentErrors: [undefined, undefined] });
  host.files({ '/status.json': recordedMoment('questing-2.3.4/89-disk-gone').statusJson ?? '' });
  const [gone, tank] = (await recent()) ?? [];
  expect(gone?.state).toBe('ONLINE');
  expect(gone?.recentErrors.at(-1)).toBeGreaterThan(1_000);
  expect(gone?.recentDataErrors).toBeGreaterThan(0);
  expect(tank?.recentErrors.every((count) => count === undefined)).toBe(true);
});
