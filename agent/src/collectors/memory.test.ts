import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { memory, parseMemory } from './memory.ts';

const MEMINFO = `MemTotal:       32831920 kB
MemFree:         1843300 kB
MemAvailable:   14022140 kB
Buffers:          104856 kB
Cached:          9321140 kB
Active(anon):    2020004 kB
Shmem:            593840 kB
SReclaimable:     412344 kB
HugePages_Total:       0
Hugepagesize:       2048 kB
`;
const ARCSTATS = `9 1 0x01 147 39984 5314250216 86400000000000
name                            type data
hits                            4    8772612
c_min                           4    1050621440
size                            4    8589934592
memory_available_bytes          3    -1073741824
`;

test('kB are 1024 bytes', () => {
  expect(parseMemory(MEMINFO)).toEqual({
    totalBytes: 33_619_886_080,
    freeBytes: 1_887_539_200,
    availableBytes: 14_358_671_360,
    buffersBytes: 107_372_544,
    cachedBytes: 9_544_847_360,
    sharedBytes: 608_092_160,
    reclaimableSlabBytes: 422_240_256,
  });
});

test('where there is ZFS its cache stands apart', () => {
  expect(parseMemory(MEMINFO, ARCSTATS)).toMatchObject({
    zfsArcBytes: 8_589_934_592,
    zfsArcMinimumBytes: 1_050_621_440,
  });
});

test('a file without one of the amounts is refused with its name', () => {
  expect(() => parseMemory(MEMINFO.replace('MemAvailable', 'MemOther'))).toThrow(
    '/proc/meminfo has no "MemAvailable: … kB"',
  );
});

test('a container does not count the cache of the machine outside', async () => {
  const host = new RecordedHost().files({
    '/proc/meminfo': MEMINFO,
    '/proc/spl/kstat/zfs/arcstats': ARCSTATS,
  });
  expect((await runOnce(memory, host, systemClock)).document).toHaveProperty('zfsArcBytes');
  const container = new RecordedHost().files({
    '/proc/meminfo': MEMINFO,
    '/proc/spl/kstat/zfs/arcstats': ARCSTATS,
    '/run/systemd/container': 'lxc\n',
  });
  expect((await runOnce(memory, container, systemClock)).document).not.toHaveProperty('zfsArcBytes');
});
