import { ToolFailedError } from '../errors.ts';
import type { Host } from '../host.ts';

/**
 * What zpool and zfs say of a /dev/zfs that the service's box does not open: systemd looks for devices when the service
 * starts. To OpenZFS 2.1 to 2.3 it is one that is not there.
 */
const CLOSED =
  /\/dev\/zfs and .{1,40} are required|Failed to initialize the libzfs library|ZFS utilities must be run as root/;

const REMEDY =
  'ZFS was loaded after the agent had started, which may not open it: systemctl restart proxmox-monitor-agent';

/** What to tell instead of what a program of ZFS said, where its own remedy helps nobody: the device is there. */
export async function explained(error: unknown, host: Host): Promise<unknown> {
  const isClosed =
    error instanceof ToolFailedError && CLOSED.test(error.stderr) && (await host.has('/dev/zfs'));
  return isClosed ? new Error(REMEDY, { cause: error }) : error;
}
