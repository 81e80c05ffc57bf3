import { namedList } from '../../words/list.ts';
import { counted } from '../../words/number.ts';
import { type Finder, when } from './finding.ts';

/** Units of systemd that failed, and services of Proxmox that should run and do not. */
export const services: Finder = {
  source: 'services',
  find: ({ services: document }) => {
    if (document === undefined) return [];
    const failed = document.failed.map(({ unit }) => unit);
    const down = document.services
      // one that is about to start or to end is neither
      .filter(
        ({ isExpected, activeState, unit }) =>
          isExpected && activeState === 'inactive' && !failed.includes(unit),
      )
      .map(({ unit }) => unit);
    const failures = `${counted(failed.length, 'unit')} failed`;
    const stopped = `${counted(down.length, 'service')} of Proxmox ${down.length === 1 ? 'does' : 'do'} not run`;
    return [
      ...when(failed.length > 0, {
        kind: 'unit',
        severity: 'warn',
        brief: failures,
        sentence: `${failures}: ${namedList(failed)}.`,
      }),
      ...when(down.length > 0, {
        kind: 'service',
        severity: 'warn',
        brief: stopped,
        sentence: `${stopped}: ${namedList(down)}.`,
      }),
    ];
  },
};
