import type { Severity } from '../../api/schema.ts';
import { isolated } from '../../words/isolated.ts';
import { withoutStop } from '../../words/list.ts';
import { cephSeverity } from './ceph-severity.ts';
import type { Finder } from './finding.ts';

/** What Ceph says of itself. */
export const ceph: Finder = {
  source: 'ceph',
  find: ({ ceph: document }) => {
    if (document === undefined) return [];
    const { health, checks } = document;
    const severity: Severity = cephSeverity(health);
    if (severity === 'ok') return [];
    const first = checks.find(({ isMuted }) => !isMuted);
    const why = first === undefined ? '' : `: ${withoutStop(isolated(first.summary))}`;
    return [
      { kind: 'ceph', severity, brief: `Ceph is ${health}`, sentence: `Ceph is ${isolated(health)}${why}.` },
    ];
  },
};
