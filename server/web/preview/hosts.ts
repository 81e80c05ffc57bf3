import type { ZfsPool } from '@proxmox-monitor/protocol';
import {
  draidRebuilding,
  mirrorDegraded,
  mirrorWell,
  raidz2AllClasses,
  replacingInSpare,
  singleDiskWithDataErrors,
} from './pools.ts';

import type { Recorded } from './recorded.ts';

/** What is invented about a host; everything else follows from it. */
export interface InventedHost {
  readonly name: string;
  readonly logicalCpus: number;
  readonly memoryGib: number;
  readonly cpuPercent: number;
  readonly pools: readonly ZfsPool[];
  /** It is not invented: everything but its summary and its charts is what an agent saw. */
  readonly recorded?: Recorded;
  /** Of everything that it has something is not well. */
  readonly isSick?: boolean;
  /** All that it names has a nasty name. */
  readonly isHostile?: boolean;
  /** Its agent is of an older version. */
  readonly behind?: boolean;
  readonly condition?: 'silent' | 'waiting' | 'sourceStuck' | 'duplicate' | 'noHelper' | undefined;
}

function invented(
  name: string,
  logicalCpus: number,
  memoryGib: number,
  cpuPercent: number,
  pools: readonly ZfsPool[] = [mirrorWell],
): InventedHost {
  return { name, logicalCpus, memoryGib, cpuPercent, pools };
}

const MIXED: readonly InventedHost[] = [
  { ...invented('pve-07', 64, 256, 41, [mirrorDegraded, raidz2AllClasses]), isSick: true },
  invented('pve-02', 32, 192, 28, [replacingInSpare]),
  { ...invented('grz-02', 8, 32, 12), condition: 'silent', behind: true },
  { ...invented('pve-11', 48, 256, 36, [mirrorWell, raidz2AllClasses]), condition: 'sourceStuck' },
  invented('pve-12', 48, 256, 22, [mirrorWell, draidRebuilding]),
  invented('lab-01', 12, 64, 6, [singleDiskWithDataErrors]),
  { ...invented('zrh-01', 16, 128, 14), condition: 'duplicate' },
  invented('pve-01', 32, 192, 33, [mirrorWell, raidz2AllClasses]),
  { ...invented('pve-03', 32, 192, 19), behind: true },
  invented('pve-04', 64, 256, 52, [mirrorWell, raidz2AllClasses]),
  invented('grz-01', 8, 32, 17),
  { ...invented('zrh-02', 16, 128, 9), condition: 'noHelper' },
  invented('zrh-03', 16, 128, 11),
  invented('off-01', 8, 32, 21, []),
  { ...invented('off-02', 8, 32, 78, []), behind: true },
  { ...invented('pve-15', 0, 0, 0), condition: 'waiting' },
];

const WELL: readonly InventedHost[] = MIXED.filter(({ condition }) => condition === undefined).map(
  (host) => ({
    ...host,
    isSick: false,
    pools: host.pools.length === 0 ? [] : [mirrorWell],
  }),
);

const MANY: readonly InventedHost[] = Array.from({ length: 100 }, (_, index) => {
  const host = MIXED[index % MIXED.length];
  const troubled = index < MIXED.length;
  const base = host ?? invented('pve', 8, 32, 10);
  return {
    ...base,
    name: `${base.name.replace(/-\d+$/, '')}-${100 + index}`,
    logicalCpus: base.logicalCpus || 16,
    memoryGib: base.memoryGib || 64,
    pools: troubled ? base.pools : [mirrorWell],
    condition: troubled ? base.condition : undefined,
  };
});

const SCRIPT = '"><img src=x onerror=alert(1)>';
const HOSTILE: readonly InventedHost[] = [
  {
    ...invented(SCRIPT, 8, 32, 30),
    isHostile: true,
    pools: [
      {
        ...mirrorDegraded,
        name: `<script>alert(1)</script>${'x'.repeat(120)}`,
        vdevs: mirrorDegraded.vdevs.map((vdev) => ({
          ...vdev,
          name: `${vdev.name}${SCRIPT}${'y'.repeat(90)}`,
        })),
      },
    ],
  },
  invented(`a-host-with-${'a-very-long-name-'.repeat(3)}end`, 8, 32, 30),
  { ...invented('javascript:alert(1)', 4, 8, 3, []), isHostile: true },
];

export const SCENARIOS = { mixed: MIXED, well: WELL, many: MANY, empty: [], hostile: HOSTILE } as const;
export type Scenario = keyof typeof SCENARIOS;
