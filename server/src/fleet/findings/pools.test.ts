import type { ZfsPool } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { pools } from './pools.ts';
import { scrubs } from './scrubs.ts';
import { DAY_MS, NOW_MS, said } from './test-findings.ts';

const pool = (more: Partial<ZfsPool>): ZfsPool => ({
  name: 'tank',
  state: 'ONLINE',
  activities: [],
  vdevs: [],
  ...more,
});
const scrubbed = (daysAgo: number, errors = 0): NonNullable<ZfsPool['scan']> => ({
  function: 'scrub',
  state: 'finished',
  endedAtMs: NOW_MS - daysAgo * DAY_MS,
  errors,
});

test.each<[Partial<ZfsPool>, string[]]>([
  [{}, []],
  [{ state: 'DEGRADED' }, ['crit pool tank: Pool tank is DEGRADED.']],
  [{ capacityPercent: 79 }, []],
  [{ capacityPercent: 80 }, ['warn poolSpace tank: Pool tank is 80 % full.']],
  [{ capacityPercent: 90 }, ['crit poolSpace tank: Pool tank is 90 % full.']],
])('a pool with %j: %j', (more, sentences) => {
  expect(said(pools, { zfsPools: { pools: [pool(more)] } })).toEqual(sentences);
});

test.each<[string, Partial<ZfsPool>, string[]]>([
  ['was never, which may be because it is new', {}, []],
  ['was 35 days ago', { lastScrub: scrubbed(35) }, []],
  [
    'was 36 days ago',
    { lastScrub: scrubbed(36) },
    ['warn scrub tank: Pool tank was last scrubbed 36 days ago: "zpool scrub tank" reads it through.'],
  ],
  [
    'was 71 days ago',
    { scan: scrubbed(71) },
    ['crit scrub tank: Pool tank was last scrubbed 71 days ago: "zpool scrub tank" reads it through.'],
  ],
  [
    'was long ago, and one runs',
    { lastScrub: scrubbed(71), scan: { function: 'scrub', state: 'running' } },
    [],
  ],
  [
    'ended with errors',
    { lastScrub: scrubbed(1, 2) },
    ['crit scrubErrors tank: The last scrub of pool tank found 2 errors that it could not mend.'],
  ],
  ['ended with errors that the pool itself tells of', { lastScrub: scrubbed(1, 2), dataErrors: 2 }, []],
])('a scrub that %s', (_, more, sentences) => {
  expect(said(scrubs, { zfsPools: { pools: [pool(more)] } })).toEqual(sentences);
});
