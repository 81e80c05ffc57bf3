import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { filesystems } from './filesystems.ts';

afterEach(() => {
  vi.useRealTimers();
});

const MOUNTS = `22 1 253:1 / / rw,relatime shared:1 - ext4 /dev/mapper/pve-root rw,errors=remount-ro
30 22 8:2 / /boot/efi rw,relatime shared:2 - vfat /dev/sda2 rw,fmask=0022
31 22 8:17 / /mnt/usb rw,relatime shared:3 - xfs /dev/sdb1 ro
32 22 0:44 / /mnt/nas rw,relatime shared:4 - nfs4 nas:/export rw,hard
33 22 0:45 / /etc/pve rw,relatime shared:5 - fuse /dev/fuse rw
`;
const HEADING = 'echo "1B-blocks Used Avail Inodes IUsed Mounted on"';

/** A `df` that knows the three local disks, notes what it is asked about, and does as `script` says first. */
function host(script = ''): RecordedHost {
  const recorded = new RecordedHost();
  return recorded.files({ '/proc/1/mountinfo': MOUNTS, '/proc/self/mountinfo': MOUNTS }).program(
    '/usr/bin/df',
    `echo "$*" >> ${recorded.path('/asked')}
${script}
${HEADING}
for word; do case "$word" in
  /) echo "1000 600 350 100 40 /" ;;
  /boot/efi) echo "500 10 490 0 0 /boot/efi" ;;
  /mnt/usb) echo "2000 2000 0 10 10 /mnt/usb" ;;
esac; done`,
  );
}

const mountPoints = (document: { filesystems: readonly { mountPoint: string }[] } | undefined): string[] =>
  document?.filesystems.map(({ mountPoint }) => mountPoint) ?? [];

test('local file systems are measured, network mounts and FUSE are not even asked', async () => {
  const recorded = host();
  const { document, source } = await runOnce(filesystems, recorded, systemClock);
  expect(source.state).toBe('ok');
  expect(document?.filesystems).toEqual([
    {
      mountPoint: '/',
      device: '/dev/mapper/pve-root',
      type: 'ext4',
      sizeBytes: 1000,
      usedBytes: 600,
      availableBytes: 350,
      inodes: 100,
      inodesUsed: 40,
      readOnly: false,
    },
    {
      mountPoint: '/mnt/usb',
      device: '/dev/sdb1',
      type: 'xfs',
      sizeBytes: 2000,
      usedBytes: 2000,
      availableBytes: 0,
      inodes: 10,
      inodesUsed: 10,
      readOnly: true,
    },
    {
      mountPoint: '/boot/efi',
      device: '/dev/sda2',
      type: 'vfat',
      sizeBytes: 500,
      usedBytes: 10,
      availableBytes: 490,
      readOnly: false,
    },
  ]);
  expect(readFileSync(recorded.path('/asked'), 'utf8')).not.toMatch(/nas|pve/);
});

test('a disk that does not answer is named and hides no other, nor is it asked twice', async () => {
  const recorded = host();
  const patient = recorded.path('/patient');
  recorded.program(
    '/usr/bin/df',
    `case "$*" in */mnt/usb) echo x >> ${patient}; exec sleep 600 ;; esac; ${HEADING}; echo "1 1 1 0 0 /"`,
  );
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const run = runOnce(filesystems, recorded, systemClock);
  await vi.waitUntil(() => existsSync(patient));
  await vi.advanceTimersByTimeAsync(4_000);
  const { document, source } = await run;
  expect(source).toMatchObject({ state: 'stale', reason: 'no answer from /mnt/usb; all others answered' });
  expect(mountPoints(document)).toEqual(['/']);
});

test('a disk is asked although as many others hang as are asked at the same time', async () => {
  const disks = ['a', 'b', 'c', 'd', 'e'];
  const mounts = disks
    .map((disk, at) => `4${at} 22 8:${at} / /${disk} rw - ext4 /dev/sd${disk}1 rw\n`)
    .join('');
  const recorded = new RecordedHost().files({ '/proc/1/mountinfo': mounts });
  recorded.program(
    '/usr/bin/df',
    `case "$*" in */e) ;; *) echo x >> ${recorded.path('/asked')}; exec sleep 600 ;; esac
${HEADING}; echo "1000 600 350 100 40 /e"`,
  );
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const run = runOnce(filesystems, recorded, systemClock);
  await vi.waitUntil(() => existsSync(recorded.path('/asked')) && asked(recorded).length === 4);
  await vi.advanceTimersByTimeAsync(4_000);
  const { document, source } = await run;
  expect(source).toMatchObject({
    state: 'stale',
    reason: 'no answer from /a, /b, /c, /d; all others answered',
  });
  expect(mountPoints(document)).toEqual(['/e']);
});

test('when the agent stops nothing waits for a disk', async () => {
  const recorded = host('exec sleep 600');
  const stop = new AbortController();
  const run = runOnce(filesystems, recorded, systemClock, undefined, stop.signal);
  await vi.waitUntil(() => existsSync(recorded.path('/asked')) && asked(recorded).length === 3);
  stop.abort();
  expect((await run).source.state).toBe('stuck');
  // The run itself has ended too: the next one is not turned away.
  recorded.program('/usr/bin/df', `${HEADING}; echo "1000 600 350 100 40 /"`);
  const again = await vi.waitFor(async () => {
    const { document } = await runOnce(filesystems, recorded, systemClock);
    expect(document).toBeDefined();
    return document;
  });
  expect(mountPoints(again)).toEqual(['/']);
});

test('names beyond the protocol and file systems without a size spoil no others', async () => {
  const long = `/mnt/${'x'.repeat(256)}`;
  const mounts = `${MOUNTS}41 22 8:33 / ${long} rw - ext4 /dev/sdc1 rw
42 22 8:34 / /mnt/long rw - ext4 /dev/${'y'.repeat(300)} rw
43 22 8:35 / /mnt/none rw - ext4 /dev/sdd1 rw
`;
  const recorded = new RecordedHost().files({ '/proc/1/mountinfo': mounts }).program(
    '/usr/bin/df',
    `${HEADING}; shift 3; for word; do case "$word" in
      /mnt/none) echo "0 0 0 0 0 $word" ;;
      *) echo "1000 600 350 100 40 $word" ;;
    esac; done`,
  );
  const { document, source } = await runOnce(filesystems, recorded, systemClock);
  expect(source.state).toBe('ok');
  expect(mountPoints(document)).toEqual(['/', '/mnt/usb', '/boot/efi', '/mnt/long']);
  expect(document?.filesystems[3]?.device).toBe(`/dev/${'y'.repeat(251)}`);
});

test('when no disk answers the source is stuck', async () => {
  const recorded = host(`echo x >> /dev/null; exec sleep 600`);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const run = runOnce(filesystems, recorded, systemClock);
  await vi.waitUntil(() => existsSync(recorded.path('/asked')) && asked(recorded).length === 3);
  await vi.advanceTimersByTimeAsync(4_000);
  expect((await run).source).toMatchObject({
    state: 'stuck',
    reason: 'no answer from /, /boot/efi, /mnt/usb',
  });
});

function asked(recorded: RecordedHost): string[] {
  return readFileSync(recorded.path('/asked'), 'utf8').trim().split('\n');
}

test('what may not be looked at is left out', async () => {
  const recorded = host('case "$*" in */mnt/usb) echo "df: /mnt/usb: Permission denied" >&2; exit 1 ;; esac');
  const { document, source } = await runOnce(filesystems, recorded, systemClock);
  expect(source.state).toBe('ok');
  expect(mountPoints(document)).toEqual(['/', '/boot/efi']);
});

test('a df that measures nothing is not a host without file systems', async () => {
  const { document, source } = await runOnce(filesystems, host('exit 1'), systemClock);
  expect(document).toBeUndefined();
  expect(source).toMatchObject({ state: 'failed', reason: 'df could measure none of the file systems' });
});

test('a mount point with spaces and letters beyond ASCII is measured under its own name', async () => {
  const mounts = `${MOUNTS}40 22 8:33 / /mnt/böse\\040\\040platte rw shared:6 - ext4 /dev/sdc1 rw\n`;
  const recorded = new RecordedHost()
    .files({ '/proc/1/mountinfo': mounts, '/proc/self/mountinfo': mounts })
    .program('/usr/bin/df', `${HEADING}; shift 3; for word; do echo "1000 600 350 100 40 $word"; done`);
  const { document } = await runOnce(filesystems, recorded, systemClock);
  expect(document?.filesystems).toContainEqual(
    expect.objectContaining({ mountPoint: '/mnt/böse  platte', device: '/dev/sdc1', usedBytes: 600 }),
  );
});

/** In a chroot that is no mount of its own, df does not know what / is. */
const hasDf = existsSync('/usr/bin/df') && / \/ \/ /.test(readFileSync('/proc/self/mountinfo', 'utf8'));
test.skipIf(!hasDf)('the df of this machine is understood', async () => {
  const recorded = new RecordedHost()
    .files({ '/proc/1/mountinfo': '22 1 253:1 / / rw - ext4 /dev/mapper/pve-root rw\n' })
    .program('/usr/bin/df', 'exec /usr/bin/df "$@"');
  const { document } = await runOnce(filesystems, recorded, systemClock);
  const { bsize, blocks } = statfsSync('/');
  expect(document?.filesystems).toMatchObject([{ mountPoint: '/', sizeBytes: bsize * blocks }]);
});

test('a mount that the sandbox covers is left out and not taken for what covers it', async () => {
  const boxed = `${MOUNTS}90 22 0:60 /inaccessible /mnt/usb ro - tmpfs tmpfs ro\n`;
  const recorded = host().files({ '/proc/self/mountinfo': boxed });
  expect(mountPoints((await runOnce(filesystems, recorded, systemClock)).document)).toEqual([
    '/',
    '/boot/efi',
  ]);
});

test('where the mounts of process 1 are hidden the own ones do', async () => {
  const recorded = new RecordedHost()
    .files({ '/proc/self/mountinfo': '22 1 0:99 / / rw - overlay overlay rw\n' })
    .program('/usr/bin/df', `${HEADING}; echo "10 1 9 0 0 /"`);
  const { document } = await runOnce(filesystems, recorded, systemClock);
  expect(document?.filesystems).toMatchObject([{ mountPoint: '/', type: 'overlay', sizeBytes: 10 }]);
  // A folder in its place cannot be read, as a file that is refused cannot.
  recorded.files({ '/proc/1/mountinfo/refused': '' });
  expect((await runOnce(filesystems, recorded, systemClock)).document).toEqual(document);
});

test('a host without mounts has no file systems, one without df says what to install', async () => {
  expect((await runOnce(filesystems, new RecordedHost(), systemClock)).source.state).toBe('absent');
  const recorded = new RecordedHost().files({ '/proc/1/mountinfo': MOUNTS });
  expect((await runOnce(filesystems, recorded, systemClock)).source).toMatchObject({
    state: 'failed',
    reason: 'df not found: install coreutils',
  });
});
