import { isolated } from '../../words/isolated.ts';
import type { Finder } from './finding.ts';
import { guestState } from './guest-state.ts';

/** Guests that QEMU or HA has stopped because something is wrong with them. */
export const guests: Finder = {
  source: 'pveGuests',
  find: ({ pveGuests }) =>
    (pveGuests?.guests ?? []).flatMap((guest) => {
      const { severity, text } = guestState(guest);
      if (severity !== 'crit') return [];
      const name = guest.name === undefined ? '' : ` ${isolated(guest.name)}`;
      return [
        {
          kind: 'guest',
          subject: String(guest.vmid),
          severity,
          brief: `Guest ${guest.vmid}: ${text}`,
          sentence: `Guest ${guest.vmid}${name}: ${text}.`,
        },
      ];
    }),
};
