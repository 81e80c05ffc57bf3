import { ToolFailedError } from '../errors.ts';

/** What zpool and zfs say, with exit code 1, where the program is there and the module is not. */
const NO_MODULE = /ZFS modules (are not loaded|cannot be auto-loaded)/;

export const NO_MODULE_REASON = 'the ZFS kernel module is not loaded';

/** Whether a program of ZFS failed for want of the kernel's part: its tools came along with something else. */
export function isWithoutModule(error: unknown): boolean {
  return error instanceof ToolFailedError && NO_MODULE.test(error.stderr);
}
