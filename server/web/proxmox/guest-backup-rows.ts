import type { PveBackupsDocument } from '@proxmox-monitor/protocol';
import type { HostDetail, Severity } from '../../src/api/schema.ts';
import { type GuestBackup, hasFailed } from '../../src/fleet/findings/backup-state.ts';
import { compareSeverity } from '../fleet/severity.ts';

type Job = PveBackupsDocument['jobs'][number];

export interface GuestBackupRow {
  readonly vmid: number;
  readonly guestName: string | undefined;
  /** Absent for a guest of which there is no backup in the logs. */
  readonly backup: GuestBackup | undefined;
  /** Enabled jobs that it is in, the next to run first. */
  readonly jobs: readonly Job[];
  readonly severity: Severity;
  readonly text: string;
  readonly skewMs: number;
}

/** Every guest of the host with its last backups: those whose last one failed first, then the oldest first. */
export function guestBackupRows({ documents, clockSkewMs: skewMs = 0 }: HostDetail): GuestBackupRow[] {
  const guests = documents.pveGuests?.body.guests ?? [];
  const backups = new Map(documents.pveGuestBackups?.body.guests.map((backup) => [backup.vmid, backup]));
  const jobs = (documents.pveBackups?.body.jobs ?? []).filter(({ isEnabled }) => isEnabled);
  const uncovered = new Set(documents.pveBackups?.body.uncoveredGuests);
  const names = new Map(guests.map(({ vmid, name }) => [vmid, name]));
  const pools = new Map(guests.map(({ vmid, pool }) => [vmid, pool]));
  const vmids = new Set([...names.keys(), ...backups.keys()]);
  return [...vmids]
    .map((vmid): GuestBackupRow => {
      const backup = backups.get(vmid);
      const own = uncovered.has(vmid)
        ? []
        : jobs
            .filter((job) => covers(job, vmid, pools.get(vmid)))
            .toSorted((first, second) => (first.nextRunAtMs ?? Infinity) - (second.nextRunAtMs ?? Infinity));
      return {
        vmid,
        guestName: names.get(vmid),
        backup,
        jobs: own,
        skewMs,
        ...stateOf(backup, own.length > 0),
      };
    })
    .toSorted(
      (first, second) =>
        compareSeverity(first.severity, second.severity) ||
        (first.backup?.lastGoodAtMs ?? 0) - (second.backup?.lastGoodAtMs ?? 0) ||
        first.vmid - second.vmid,
    );
}

function covers(
  { selection, guests = [], pool }: Job,
  vmid: number,
  poolOfGuest: string | undefined,
): boolean {
  if (selection === 'all') return !guests.includes(vmid);
  return selection === 'pool' ? pool !== undefined && pool === poolOfGuest : guests.includes(vmid);
}

/** How old is too old is for rules to say; that the last try failed, or that there is none, is plain. */
function stateOf(backup: GuestBackup | undefined, isInJob: boolean): { severity: Severity; text: string } {
  if (backup !== undefined && hasFailed(backup)) return { severity: 'crit', text: 'failed' };
  if (backup?.lastGoodAtMs !== undefined) return { severity: 'ok', text: 'good' };
  return { severity: isInJob ? 'info' : 'silent', text: 'none yet' };
}
