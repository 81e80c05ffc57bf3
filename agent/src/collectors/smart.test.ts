import type { SmartDisk, SmartDocument } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { checkDocument } from '../checked-document.ts';
import { systemClock } from '../clock.ts';
import type { Host } from '../host.ts';
import { runOnce } from '../run-once.ts';
import { recorded } from '../smart/testing.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { smart, smartCollector } from './smart.ts';

/** What a fake smartctl does for a device, in sh. */
type Disks = Readonly<Record<string, string>>;

/** A host whose smartctl writes down how it was called, and answers for the devices that it knows. */
function hostWith(disks: Disks, names: readonly string[] = Object.keys(disks)): RecordedHost {
  const host = new RecordedHost();
  for (const name of names) addDisk(host, name);
  host.files({ '/answers/scan': scanOf(names.filter((name) => !name.startsWith('vd'))) });
  return program(host, disks);
}

function addDisk(host: RecordedHost, name: string): void {
  host.files({ [`/sys/block/${name}/size`]: '524288\n', [`/sys/block/${name}/dev`]: '8:0\n' });
}

function scanOf(names: readonly string[], type = 'sat'): string {
  return JSON.stringify({ smartctl: {}, devices: names.map((name) => ({ name: `/dev/${name}`, type })) });
}

function program(host: RecordedHost, disks: Disks): RecordedHost {
  const cases = Object.entries(disks).map(([name, script]) => `*/dev/${name}) ${script} ;;`);
  return host.program(
    '/usr/sbin/smartctl',
    `echo "$*" >> ${host.path('/calls')}
    case "$*" in
      "--scan-open -j") cat ${host.path('/answers/scan')} ;;
      ${cases.join('\n      ')}
      *) echo '{"smartctl":{"exit_status":2,"messages":[{"string":"No such device","severity":"error"}]}}'; exit 2 ;;
    esac`,
  );
}

let answers = 0;
/** A script that prints a text and ends with an exit code. */
function prints(host: RecordedHost, text: string, exitCode = 0): string {
  answers += 1;
  host.files({ [`/answers/${answers}`]: text });
  return `cat ${host.path(`/answers/${answers}`)}; exit ${exitCode}`;
}

/** An ATA disk with a serial and counters of errors. */
function ataDisk(serial: string, reallocated = 0, more: object = {}): string {
  return JSON.stringify({
    smartctl: { exit_status: 4 },
    device: { protocol: 'ATA' },
    model_name: 'WDC WD40',
    serial_number: serial,
    smart_status: { passed: true },
    temperature: { current: 30 },
    ata_smart_attributes: {
      table: [
        { id: 5, name: 'Reallocated_Sector_Ct', value: 100, thresh: 10, raw: { string: `${reallocated}` } },
      ],
    },
    ...more,
  });
}

const ASLEEP = JSON.stringify({
  smartctl: { exit_status: 3, messages: [{ string: 'Device is in STANDBY mode, exit(3)' }] },
  device: { protocol: 'ATA' },
});

async function look(host: Host, collector = smart): Promise<SmartDisk[]> {
  const { document, source } = await runOnce(collector, host, systemClock);
  expect(source).toMatchObject({ state: 'ok' });
  checkDocument('smart', document);
  return (document satisfies SmartDocument).disks;
}

function linesOf(host: Host, path = '/calls'): Promise<string[]> {
  return host.read(path).then((text) => (text ?? '').trimEnd().split('\n'));
}

test('the disks of a Debian 13 in a virtual machine, one after the other', async () => {
  const host = hostWith({}, ['nvme0n1', 'sda', 'sdb', 'vda', 'zd0', 'loop0', 'dm-0', 'sr0', 'nvme0c0n1']);
  const folder = 'qemu-smartctl-7.4';
  host.files({
    '/answers/scan': recorded(`${folder}/scan-open.json`),
    '/sys/class/nvme/nvme0/hwmon2/temp1_max': '83850\n',
    '/sys/class/nvme/nvme0/hwmon2/temp1_crit': '65261850\n',
  });
  program(host, {
    sda: prints(host, recorded(`${folder}/sda-n.json`), 4),
    sdb: prints(host, recorded(`${folder}/sdb-n.json`), 4),
    nvme0: prints(host, recorded(`${folder}/nvme0-n.json`)),
  });
  const disks = await look(host);
  expect(
    disks.map(({ device, name, state, serial, sizeBytes }) => [device, name, state, serial, sizeBytes]),
  ).toEqual([
    ['/dev/sda', 'sda', 'unsupported', 'SCSI0001', 268435456],
    ['/dev/sdb', 'sdb', 'ok', 'SATA0001', 268435456],
    ['/dev/nvme0', 'nvme0n1', 'ok', 'NVME0001', 268435456],
    ['/dev/vda', 'vda', 'unsupported', undefined, 268435456],
  ]);
  expect(disks[2]).toMatchObject({ temperatureWarningCelsius: 83.85 });
  expect(disks[2]).not.toHaveProperty('temperatureCriticalCelsius');
  expect(await linesOf(host)).toEqual([
    '--scan-open -j',
    '-n standby,3 -j -x /dev/sda',
    '-n standby,3 -j -x /dev/sdb',
    '-n standby,3 -j -x /dev/nvme0',
  ]);
});

test('disks are scanned for again only when there are others', async () => {
  const host = hostWith({}, ['sda']);
  program(host, { sda: prints(host, ataDisk('S1')), sdb: prints(host, ataDisk('S2')) });
  await look(host);
  await look(host);
  expect((await linesOf(host)).filter((line) => line.startsWith('--scan')).length).toBe(1);
  addDisk(host, 'sdb');
  host.files({ '/answers/scan': scanOf(['sda', 'sdb']) });
  expect((await look(host)).map(({ serial }) => serial)).toEqual(['S1', 'S2']);
  host.files({ '/sys/block/sdb/diskseq': '9\n' });
  await look(host);
  expect((await linesOf(host)).filter((line) => line.startsWith('--scan')).length).toBe(3);
});

test('a sleeping disk is left asleep and keeps its last reading', async () => {
  const host = hostWith({}, ['sda']);
  program(host, { sda: prints(host, ataDisk('S1', 8)) });
  const [awake] = await look(host);
  program(host, { sda: prints(host, ASLEEP, 3) });
  expect(await look(host)).toEqual([{ ...awake, state: 'sleeping' }]);
  expect((await linesOf(host)).at(-1)).toContain('-n standby,3');
  program(host, { sda: prints(host, ataDisk('S1', 9)) });
  expect(await look(host)).toMatchObject([{ state: 'ok', increases: [{ from: 8, to: 9 }] }]);
});

test('a disk that does not answer is not given the serial number of the one that was in its place', async () => {
  const host = hostWith({}, ['sda', 'sdb']);
  host.files({ '/sys/block/sda/diskseq': '1\n', '/sys/block/sdb/diskseq': '2\n' });
  program(host, { sda: prints(host, ataDisk('S1', 8)), sdb: prints(host, ataDisk('S2')) });
  await look(host);
  host.files({ '/sys/block/sda/diskseq': '3\n' });
  program(host, { sda: prints(host, ASLEEP, 3), sdb: prints(host, ASLEEP, 3) });
  const [other, same] = await look(host);
  expect(other).toEqual({
    device: '/dev/sda',
    name: 'sda',
    sizeBytes: 268_435_456,
    state: 'sleeping',
    counters: {},
    increases: [],
    failedAttributes: [],
    uses: [],
  });
  expect(same).toMatchObject({ state: 'sleeping', serial: 'S2' });
});

test('a disk that sleeps from the start is one all the same', async () => {
  const host = hostWith({}, ['sda']);
  program(host, { sda: prints(host, ASLEEP, 3) });
  expect(await look(host)).toMatchObject([
    { device: '/dev/sda', name: 'sda', state: 'sleeping', counters: {} },
  ]);
});

test('a hung disk is given up on, and keeps its last reading and no other disk waiting', async () => {
  const host = hostWith({}, ['sda', 'sdb']);
  program(host, { sda: prints(host, ataDisk('S1')), sdb: prints(host, ataDisk('S2')) });
  await look(host);
  program(host, {
    sda: 'exec sleep 5',
    sdb: prints(host, ataDisk('S2')),
  });
  const quick = smartCollector(300);
  expect(await look(host, quick)).toMatchObject([
    { serial: 'S1', state: 'stuck', temperatureCelsius: 30, reason: 'smartctl did not answer in 0.3 s' },
    { serial: 'S2', state: 'ok' },
  ]);
});

test('a scan that hangs leaves the disks that the kernel knows', async () => {
  const host = hostWith({}, ['sda', 'sdb']);
  host.program(
    '/usr/sbin/smartctl',
    `case "$*" in
      *scan*) exec sleep 5 ;;
      *sda) ${prints(host, ataDisk('S1'))} ;;
      *) exec sleep 5 ;;
    esac`,
  );
  expect((await look(host, smartCollector(300))).map(({ name, state }) => [name, state])).toEqual([
    ['sda', 'ok'],
    ['sdb', 'stuck'],
  ]);
});

test('disks behind a controller have its path and their number; those that it passes on are the same ones', async () => {
  const host = hostWith({}, ['sda', 'sdb']);
  host.files({
    '/answers/scan': JSON.stringify({
      smartctl: {},
      devices: [
        { name: '/dev/sda', type: 'scsi' },
        { name: '/dev/sdb', type: 'sat' },
        { name: '/dev/bus/0', type: 'megaraid,0' },
        { name: '/dev/bus/0', type: 'sat+megaraid,1' },
        { name: '/dev/../etc/passwd', type: 'sat' },
        { name: '/dev/sdc', type: '--all' },
      ],
    }),
  });
  host.program(
    '/usr/sbin/smartctl',
    `echo "$*" >> ${host.path('/calls')}
    case "$*" in
      *scan*) cat ${host.path('/answers/scan')} ;;
      *-d\\ megaraid,0*) ${prints(host, ataDisk('S0'))} ;;
      *-d\\ sat+megaraid,1*) ${prints(host, ataDisk('S1'))} ;;
      *sdb) ${prints(host, ataDisk('S1'))} ;;
      *) ${prints(host, recorded('vm-qemu-scsi-no-smart.json'), 4)} ;;
    esac`,
  );
  const disks = await look(host);
  expect(disks.map(({ device, deviceType, name, state }) => [device, deviceType, name, state])).toEqual([
    ['/dev/sda', undefined, 'sda', 'unsupported'],
    ['/dev/sdb', undefined, 'sdb', 'ok'],
    ['/dev/bus/0', 'megaraid,0', undefined, 'ok'],
  ]);
  expect(await linesOf(host)).toContain('-n standby,3 -j -x -d sat+megaraid,1 /dev/bus/0');
  expect((await linesOf(host)).join('\n')).not.toMatch(/passwd|--all/);
});

test('a disk over two paths is one; two disks of a bridge that gives all one serial are two', async () => {
  const wwn = { wwn: { naa: 5, oui: 1, id: 2 } };
  const host = hostWith({}, ['sda', 'sdb', 'sdc', 'sdd']);
  program(host, {
    sda: prints(host, ataDisk('S1', 0, wwn)),
    sdb: prints(host, ataDisk('S1', 0, wwn)),
    sdc: prints(host, ataDisk('000000000000')),
    sdd: prints(host, ataDisk('000000000000')),
  });
  expect((await look(host)).map(({ name }) => name)).toEqual(['sda', 'sdc', 'sdd']);
});

test('what a disk serves: pool and vdev, volume group, mounts, swap, md, OSD', async () => {
  const host = hostWith({}, ['sda', 'sdb', 'sdc', 'sdd']);
  program(host, {});
  const partition = (disk: string, number: number, dev: string): void => {
    host.files({
      [`/sys/block/${disk}/${disk}${number}/partition`]: `${number}\n`,
      [`/sys/block/${disk}/${disk}${number}/dev`]: `${dev}\n`,
    });
  };
  const volume = (node: string, name: string, uuid: string, dev: string): void => {
    host.files({
      [`/sys/block/${node}/dm/name`]: `${name}\n`,
      [`/sys/block/${node}/dm/uuid`]: `${uuid}\n`,
      [`/sys/block/${node}/dev`]: `${dev}\n`,
    });
  };
  partition('sda', 2, '8:2');
  partition('sda', 3, '8:3');
  partition('sdb', 1, '8:17');
  host
    .symlink('/sys/block/sdb/sdb1/holders/dm-0', '../../../dm-0')
    .symlink('/sys/block/sdb/sdb1/holders/dm-1', '../../../dm-1');
  volume('dm-0', 'pve--data-root', 'LVM-abc', '252:0');
  volume('dm-1', 'pve--data-swap', 'LVM-abd', '252:1');
  host.files({ '/sys/block/md0/md/level': 'raid1\n', '/sys/block/md0/dev': '9:0\n' });
  host.symlink('/sys/block/sdc/holders/md0', '../../md0');
  host.symlink('/sys/block/sdd/holders/dm-2', '../../dm-2');
  volume('dm-2', 'ceph--1a-osd--block--9f', 'LVM-xyz', '252:2');
  host.symlink('/var/lib/ceph/osd/ceph-4/block', '/dev/ceph-1a/osd-block-9f');
  host.symlink('/dev/disk/by-id/ata-WD-part3', '../../sda3').symlink('/dev/mapper/swap', '../dm-1');
  host.files({
    '/proc/spl/kstat/zfs/rpool/state': 'ONLINE\n',
    '/proc/self/mountinfo': [
      '22 1 252:0 / / rw shared:1 - ext4 /dev/mapper/pve--data-root rw',
      '30 22 8:2 / /boot/efi rw shared:2 - vfat /dev/sda2 rw',
      '31 22 9:0 / /srv rw shared:2 - ext4 /dev/md0 rw',
      '',
    ].join('\n'),
    '/proc/swaps': 'Filename\tType\tSize\tUsed\tPriority\n/dev/mapper/swap partition\t8388604\t0\t-2\n',
  });
  host.program(
    '/usr/sbin/zpool',
    `[ "$*" = "status -P" ] && cat <<'END'
  pool: rpool
 state: ONLINE
config:

\tNAME                                STATE     READ WRITE CKSUM
\trpool                               ONLINE       0     0     0
\t  mirror-0                          ONLINE       0     0     0
\t    /dev/disk/by-id/ata-WD-part3    ONLINE       0     0     0
\t    /dev/disk/by-id/ata-gone-part3  REMOVED      0     0     0
\tlogs
\t  /dev/sdb1                         ONLINE       0     0     0

errors: No known data errors
END`,
  );
  const disks = await look(host);
  expect(Object.fromEntries(disks.map(({ name, uses }) => [name, uses]))).toEqual({
    sda: [
      { kind: 'mount', name: '/boot/efi' },
      { kind: 'zfs', name: 'rpool', part: 'mirror-0' },
    ],
    sdb: [
      { kind: 'zfs', name: 'rpool', part: 'log' },
      { kind: 'lvm', name: 'pve-data' },
      { kind: 'mount', name: '/' },
      { kind: 'swap', name: 'pve--data-swap' },
    ],
    sdc: [
      { kind: 'md', name: 'md0' },
      { kind: 'mount', name: '/srv' },
    ],
    sdd: [{ kind: 'osd', name: 'osd.4' }],
  });
});

test.each([
  [
    'no smartctl on a host with disks',
    ['sda'],
    { state: 'failed', reason: 'smartctl not found: install smartmontools' },
  ],
  ['no smartctl in a guest, whose disks have no SMART', ['vda'], { state: 'ok' }],
  ['no disk', [], { state: 'absent', reason: 'no disk of its own' }],
])('%s', async (_, names, expected) => {
  const host = new RecordedHost();
  for (const name of names) addDisk(host, name);
  expect((await runOnce(smart, host, systemClock)).source).toMatchObject(expected);
});

test('a container has no disks of its own', async () => {
  const host = hostWith({}, ['sda']).files({ '/run/systemd/container': 'lxc\n' });
  expect((await runOnce(smart, host, systemClock)).source).toMatchObject({ state: 'absent' });
});
