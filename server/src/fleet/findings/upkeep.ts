import { isolated } from '../../words/isolated.ts';
import { withoutStop } from '../../words/list.ts';
import { counted } from '../../words/number.ts';
import { type Finder, when } from './finding.ts';

/** As `pvesubscription` and its file say it, of one that was there. None at all is a choice. */
const ENDED: ReadonlySet<string> = new Set(['expired', 'suspended', 'invalid']);

/** A clock that nobody keeps; and, worth knowing, what waits for the administrator. */
export const upkeep: Finder = {
  source: 'upkeep',
  find: ({ upkeep: document }) => {
    if (document === undefined) return [];
    const { rebootReasons, updates, timeSync, subscription } = document;
    const { count = 0, securityCount = 0 } = updates ?? {};
    const [reason = ''] = rebootReasons;
    const waiting = `${counted(count, 'update')} waiting`;
    const status = subscription?.status ?? '';
    return [
      ...when(timeSync?.isSynchronized === false, {
        kind: 'timeSync',
        severity: 'warn',
        brief: 'Its clock is not synchronised',
        sentence: 'Its clock is not synchronised.',
      }),
      ...when(reason !== '', {
        kind: 'reboot',
        severity: 'info',
        brief: 'A reboot is needed',
        sentence: `A reboot is needed: ${withoutStop(isolated(reason))}.`,
      }),
      ...when(securityCount > 0, {
        kind: 'updates',
        severity: 'info',
        brief: waiting,
        sentence: `${waiting}, ${securityCount} for security.`,
      }),
      ...when(ENDED.has(status.toLowerCase()), {
        kind: 'subscription',
        severity: 'info',
        brief: `Subscription: ${status}`,
        sentence: `Its subscription is ${status.toLowerCase()}.`,
      }),
    ];
  },
};
