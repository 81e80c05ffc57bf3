import type { Documents } from '@proxmox-monitor/protocol';
import { namedList } from '../../words/list.ts';
import { counted } from '../../words/number.ts';
import { hasFailed } from './backup-state.ts';
import { type Finder, when } from './finding.ts';

/** Guests whose last backup failed. */
export const failedBackups: Finder = {
  source: 'pveGuestBackups',
  also: ['pveGuests'],
  find: (documents) => {
    const failed = (documents.pveGuestBackups?.guests ?? []).filter(hasFailed);
    const of = `of ${counted(failed.length, 'guest')} failed`;
    return when(failed.length > 0, {
      kind: 'backup',
      severity: 'crit',
      brief: failed.length === 1 ? `Backup of ${failed[0]?.vmid} failed` : `Backups ${of}`,
      sentence: `The last backup ${of}: ${namedList(named(failed, documents))}.`,
      sinceMs: Math.min(...failed.map(({ lastFailedAtMs = 0 }) => lastFailedAtMs)),
    });
  },
};

/** Guests that no job backs up. */
export const uncoveredGuests: Finder = {
  source: 'pveBackups',
  also: ['pveGuests'],
  find: (documents) => {
    const uncovered = (documents.pveBackups?.uncoveredGuests ?? []).map((vmid) => ({ vmid }));
    const count = counted(uncovered.length, 'guest');
    const are = uncovered.length === 1 ? 'is' : 'are';
    return when(uncovered.length > 0, {
      kind: 'uncovered',
      severity: 'warn',
      brief: `${count} without backup`,
      sentence: `${count} ${are} in no backup job: ${namedList(named(uncovered, documents))}.`,
    });
  },
};

/** "104 web" */
function named(these: readonly { readonly vmid: number }[], { pveGuests }: Documents): string[] {
  const names = new Map(pveGuests?.guests.map(({ vmid, name }) => [vmid, name]));
  return these.map(({ vmid }) => `${vmid} ${names.get(vmid) ?? ''}`.trim());
}
