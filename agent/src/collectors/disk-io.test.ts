import { expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { diskIo, parseDiskstats } from './disk-io.ts';

const row = (name: string): string =>
  `   8       0 ${name} 100 5 2000 30 200 7 4000 60 1 90 95 1 2 3 4 5 6\n`;

test('whole disks come with bytes, operations and times', () => {
  expect(parseDiskstats(row('sda'))).toEqual([
    {
      name: 'sda',
      readBytes: 1_024_000,
      writtenBytes: 2_048_000,
      readOperations: 100,
      writeOperations: 200,
      busyMs: 90,
      waitMs: 95,
    },
  ]);
});

test.each([['sda', 'sdaa', 'vda', 'xvdb', 'nvme0n1', 'nvme10n2', 'mmcblk0', 'cciss/c0d0', 'pmem0']])(
  'disks are shown',
  (...names) => {
    expect(parseDiskstats(names.map(row).join('')).map(({ name }) => name)).toEqual(names);
  },
);

test.each([
  ['partitions', ['sda1', 'sdaa12', 'vda15', 'nvme0n1p3', 'mmcblk0p1', 'pmem0p1', 'cciss/c0d0p2']],
  [
    'what is made of disks, files or memory',
    ['dm-0', 'md127', 'loop3', 'ram0', 'zram0', 'zd16', 'nbd0', 'rbd0'],
  ],
  ['drives of removable media', ['sr0', 'fd0']],
  ['single paths of a disk that has several', ['nvme0c1n1']],
  ['small areas beside a card', ['mmcblk0boot0', 'mmcblk0rpmb']],
])('%s are left out', (_, names) => {
  expect(parseDiskstats(names.map(row).join(''))).toEqual([]);
});

test('a line that is cut short is refused with the name of the disk', () => {
  expect(() => parseDiskstats('8 0 sda 1 2 3\n')).toThrow('for sda');
});

test('size, model and serial are what the disk says of itself, without padding and control characters', async () => {
  const host = new RecordedHost().files({
    '/proc/diskstats': ['sda', 'nvme0n1', 'vda', 'sdb', 'cciss/c0d0'].map(row).join(''),
    '/sys/block/sda/size': '1953525168\n',
    '/sys/block/sda/device/model': 'WDC WD10EZEX-08W\n',
    // A page of SCSI whose length reads as "!".
    '/sys/block/sda/device/vpd_pg80': Buffer.from([
      0,
      0x80,
      0,
      0x21,
      ...Buffer.from('     WD-WCC6Y0AB12CD'.padEnd(33)),
    ]),
    '/sys/block/nvme0n1/size': '500118192\n',
    '/sys/block/nvme0n1/device/model': '  Samsung\u001b[31m SSD <script>  \n',
    '/sys/block/nvme0n1/device/serial': 'S4EWNX0R123456     \n',
    '/sys/block/vda/serial': 'overlay\n',
    '/sys/block/sdb/device/model': '   \n',
    '/sys/block/sdb/size': 'nonsense\n',
    '/sys/block/cciss!c0d0/size': '2\n',
  });
  const { document, source } = await runOnce(diskIo, host, systemClock);
  expect(source.state).toBe('ok');
  const identities = document?.disks.map(({ name, sizeBytes, model, serial }) => ({
    name,
    sizeBytes,
    model,
    serial,
  }));
  expect(identities).toEqual([
    { name: 'sda', sizeBytes: 1_000_204_886_016, model: 'WDC WD10EZEX-08W', serial: 'WD-WCC6Y0AB12CD' },
    {
      name: 'nvme0n1',
      sizeBytes: 256_060_514_304,
      model: 'Samsung[31m SSD <script>',
      serial: 'S4EWNX0R123456',
    },
    { name: 'vda', serial: 'overlay' },
    { name: 'sdb' },
    { name: 'cciss/c0d0', sizeBytes: 1024 },
  ]);
});

test('a host without a disk of its own has no list of disks, not even an empty one', async () => {
  const host = new RecordedHost().files({ '/proc/diskstats': row('loop0') });
  const { document, source } = await runOnce(diskIo, host, systemClock);
  expect(document).toBeUndefined();
  expect(source).toMatchObject({ state: 'absent', reason: 'no disk of its own' });
});

test('more disks than the protocol takes are cut off, and so are names without end', async () => {
  const host = new RecordedHost().files({
    '/proc/diskstats': Array.from({ length: 1_030 }, (_, at) => row(`nvme${at}n1`)).join(''),
    '/sys/block/nvme0n1/device/model': 'x'.repeat(300),
  });
  const { document, source } = await runOnce(diskIo, host, systemClock);
  expect(source.state).toBe('ok');
  expect(document?.disks).toHaveLength(1_024);
  expect(document?.disks[0]?.model).toBe('x'.repeat(256));
});

test('what a disk says of itself is read anew only after minutes, its counters every time', async () => {
  const host = new RecordedHost().files({ '/proc/diskstats': row('sda'), '/sys/block/sda/size': '2\n' });
  await runOnce(diskIo, host, systemClock);
  host.files({ '/proc/diskstats': row('sda').replace(' 2000 ', ' 2001 '), '/sys/block/sda/size': '4\n' });
  const disks = async () => (await runOnce(diskIo, host, systemClock)).document?.disks;
  expect(await disks()).toMatchObject([{ readBytes: 2001 * 512, sizeBytes: 1024 }]);
  vi.spyOn(systemClock, 'monotonic').mockReturnValue(systemClock.monotonic() + 5 * 60 * 1000);
  expect(await disks()).toMatchObject([{ sizeBytes: 2048 }]);
});
