import type { PveGuestBackupsDocument } from '@proxmox-monitor/protocol';

export type GuestBackup = PveGuestBackupsDocument['guests'][number];

/** Whether the last try failed. How old a good one may be depends on how often its job runs. */
export function hasFailed({ lastGoodAtMs = 0, lastFailedAtMs }: GuestBackup): boolean {
  return lastFailedAtMs !== undefined && lastFailedAtMs > lastGoodAtMs;
}
