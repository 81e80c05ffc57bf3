import type { ZfsPool } from '@proxmox-monitor/protocol';
import { isolated } from '../../words/isolated.ts';
import { formatPercent } from '../../words/percent.ts';
import { fillSeverity } from './fill-severity.ts';
import type { Finder, Finding } from './finding.ts';
import { poolProblem } from './pool-problem.ts';

/** ZFS slows down when it is nearly full, and cannot be freed when it is. */
const FILL = { warnPercent: 80, critPercent: 90 } as const;

/** Pools that are not ONLINE, have errors or are about to be full. */
export const pools: Finder = {
  source: 'zfsPools',
  find: ({ zfsPools }) => (zfsPools?.pools ?? []).flatMap((pool) => [...stateOf(pool), ...spaceOf(pool)]),
};

function stateOf(pool: ZfsPool): Finding[] {
  const problem = poolProblem(pool);
  if (problem === undefined) return [];
  const brief = pool.state === 'ONLINE' ? `${pool.name} has errors` : `${pool.name} is ${pool.state}`;
  return [{ kind: 'pool', subject: pool.name, brief, ...problem }];
}

function spaceOf({ name, capacityPercent: percent }: ZfsPool): Finding[] {
  const severity = percent === undefined ? undefined : fillSeverity(percent, FILL);
  if (percent === undefined || severity === undefined) return [];
  const full = `${formatPercent(percent)} full`;
  return [
    {
      kind: 'poolSpace',
      subject: name,
      severity,
      brief: `${name} is ${full}`,
      sentence: `Pool ${isolated(name)} is ${full}.`,
    },
  ];
}
