import type { PveGuest } from '@proxmox-monitor/protocol';
import type { Severity } from '../../api/schema.ts';

export interface GuestState {
  readonly severity: Severity;
  readonly text: string;
}

/** Run states in which QEMU has stopped a VM because something is wrong with it. */
const BROKEN: ReadonlySet<string> = new Set(['io-error', 'internal-error', 'guest-panicked', 'watchdog']);
/** States of an HA service that somebody has to look at. */
const HA_TROUBLE: ReadonlySet<string> = new Set(['error', 'fence', 'recovery']);

/** The state of a guest in three words at most. That one is off is no fault: only rules can say that. */
export function guestState({ status, haState, lock, isTemplate }: PveGuest): GuestState {
  if (isTemplate) return { severity: 'silent', text: 'template' };
  if (haState !== undefined && HA_TROUBLE.has(haState)) return { severity: 'crit', text: `HA ${haState}` };
  if (BROKEN.has(status)) return { severity: 'crit', text: status };
  const text = lock === undefined ? status : `${status}, ${lock}`;
  if (status === 'running') return { severity: 'ok', text };
  if (status === 'stopped' || status === 'unknown') return { severity: 'silent', text };
  return { severity: 'info', text };
}

/** Worst first, then by number. */
export function compareGuests(first: PveGuest, second: PveGuest): number {
  const rank = (guest: PveGuest): number => RANKS[guestState(guest).severity];
  return rank(first) - rank(second) || first.vmid - second.vmid;
}

const RANKS: Readonly<Record<Severity, number>> = { crit: 0, warn: 1, info: 2, ok: 3, silent: 4 };
