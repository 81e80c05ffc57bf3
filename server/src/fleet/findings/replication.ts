import { isolated } from '../../words/isolated.ts';
import { withoutStop } from '../../words/list.ts';
import { counted } from '../../words/number.ts';
import type { Finder } from './finding.ts';
import { replicationSeverity } from './replication-severity.ts';

/** Jobs of replication that fail. */
export const replication: Finder = {
  source: 'pveReplication',
  find: ({ pveReplication }) =>
    (pveReplication?.jobs ?? []).flatMap((job) => {
      const { id, vmid, target, failCount, error, lastSyncAtMs } = job;
      const severity = replicationSeverity(job);
      if (severity === 'ok') return [];
      const why = error === undefined ? '' : `: ${withoutStop(isolated(error))}`;
      return [
        {
          kind: 'replication',
          subject: id,
          severity,
          brief: `Replication of ${vmid} fails`,
          sentence: `Replication of ${vmid} to ${isolated(target)} failed ${counted(failCount, 'time')}${why}.`,
          sinceMs: lastSyncAtMs,
        },
      ];
    }),
};
