import type { PveReplicationDocument } from '@proxmox-monitor/protocol';

/** Proxmox tries again by itself, ever later: a few failures may pass. */
const FEW_FAILURES = 3;

export function replicationSeverity({
  isEnabled,
  failCount,
}: PveReplicationDocument['jobs'][number]): 'ok' | 'warn' | 'crit' {
  if (!isEnabled || failCount === 0) return 'ok';
  return failCount > FEW_FAILURES ? 'crit' : 'warn';
}
