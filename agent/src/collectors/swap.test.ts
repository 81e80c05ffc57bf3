import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { parseSwap, swap } from './swap.ts';

const MEMINFO =
  'MemTotal: 100 kB\nSwapCached: 7 kB\nSwapTotal:       4194300 kB\nSwapFree:        3155360 kB\n';

test('sizes come in bytes, traffic in bytes of 4 KiB pages', () => {
  expect(parseSwap(MEMINFO, 'pgpgin 7344136\npswpin 1476\npswpout 35045\noom_kill 3\n')).toEqual({
    totalBytes: 4_294_963_200,
    freeBytes: 3_231_088_640,
    inBytes: 6_045_696,
    outBytes: 143_544_320,
    oomKills: 3,
  });
});

test('what vmstat does not say is absent and not 0', () => {
  expect(parseSwap(MEMINFO, 'oom_killer 9\nxpswpin 4\n')).toEqual({
    totalBytes: 4_294_963_200,
    freeBytes: 3_231_088_640,
  });
});

test('a host without swap has a total of 0', () => {
  expect(parseSwap('SwapTotal: 0 kB\nSwapFree: 0 kB\n', '')).toEqual({ totalBytes: 0, freeBytes: 0 });
});

test('a file without the amounts is refused', () => {
  expect(() => parseSwap('MemTotal: 1 kB\n', '')).toThrow('SwapTotal');
});

test('a host is asked for sizes and traffic in two files, of which the second may be missing', async () => {
  const host = new RecordedHost().files({ '/proc/meminfo': MEMINFO });
  expect((await runOnce(swap, host, systemClock)).document).toEqual({
    totalBytes: 4_294_963_200,
    freeBytes: 3_231_088_640,
  });
  host.files({ '/proc/vmstat': 'oom_kill 3\n' });
  expect((await runOnce(swap, host, systemClock)).document).toMatchObject({ oomKills: 3 });
});
