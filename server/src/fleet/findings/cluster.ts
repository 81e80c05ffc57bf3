import { namedList } from '../../words/list.ts';
import { counted } from '../../words/number.ts';
import { type Finder, when } from './finding.ts';

/** A cluster without a quorum, or with nodes that are not there. */
export const cluster: Finder = {
  source: 'pveNode',
  find: ({ pveNode }) => {
    if (pveNode?.cluster === undefined) return [];
    const { quorate, members } = pveNode.cluster;
    const offline = members.filter(({ online }) => !online).map(({ name }) => name);
    const count = counted(offline.length, 'node');
    return [
      ...when(!quorate, {
        kind: 'quorum',
        severity: 'crit',
        brief: 'No quorum',
        sentence: 'The cluster has no quorum: nothing can be started or changed.',
      }),
      ...when(offline.length > 0, {
        kind: 'nodes',
        severity: 'warn',
        brief: `${count} offline`,
        sentence: `${count} of the cluster offline: ${namedList(offline)}.`,
      }),
    ];
  },
};
