import type { Host } from '../host.ts';

/** Whether Proxmox Backup Server is installed here. */
export function hasBackupServer(host: Host): Promise<boolean> {
  return host.has('/usr/sbin/proxmox-backup-manager');
}
