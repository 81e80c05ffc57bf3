import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { parseArcstats, zfsArc } from './zfs-arc.ts';

const rows = (l2Size: number): string => `9 1 0x01 147 39984 5314250216 86400000000000
name                            type data
hits                            4    8772612
misses                          4    604635
c                               4    1643208777
c_min                           4    33554432
c_max                           4    8367976448
size                            4    1603939792
l2_hits                         4    17
l2_misses                       4    3
l2_size                         4    ${l2Size}
memory_available_bytes          3    -922337203
`;

test('the second level is there only where a pool has a cache device', () => {
  const first = {
    sizeBytes: 1_603_939_792,
    targetBytes: 1_643_208_777,
    minimumBytes: 33_554_432,
    maximumBytes: 8_367_976_448,
    hits: 8_772_612,
    misses: 604_635,
  };
  expect(parseArcstats(rows(0))).toEqual(first);
  expect(parseArcstats(rows(1024))).toEqual({ ...first, l2SizeBytes: 1024, l2Hits: 17, l2Misses: 3 });
});

test.each([
  ['', 'no rows'],
  ['size 4 1\nc 4 1\nc_min 4 1\nc_max 4 1\nhits 4 1\n', 'arcstats has no "misses"'],
])('%j is refused: %s', (text, reason) => {
  expect(() => parseArcstats(text)).toThrow(reason);
});

test('a container shows no cache that is not its own', async () => {
  const host = new RecordedHost().files({ '/proc/spl/kstat/zfs/arcstats': rows(0), '/.dockerenv': '' });
  expect((await runOnce(zfsArc, host, systemClock)).source).toMatchObject({
    state: 'absent',
    reason: expect.stringContaining('container'),
  });
});
