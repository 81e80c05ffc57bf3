import type { SmartDisk } from '@proxmox-monitor/protocol';
import { isolated } from '../../words/isolated.ts';
import { diskVerdict } from './disk-verdict.ts';
import type { Finder } from './finding.ts';

/** Disks that fail, wear out, are too hot or cannot be read. */
export const disks: Finder = {
  source: 'smart',
  find: ({ smart }, nowMs) =>
    (smart?.disks ?? []).flatMap((disk) => {
      const { severity, text, reasons } = diskVerdict(disk, nowMs);
      if (severity !== 'crit' && severity !== 'warn') return [];
      const name = diskName(disk);
      const sentence = `Disk ${isolated(name)}: ${text}. ${reasons[0] ?? ''}`.trim();
      return [{ kind: 'disk', subject: name, severity, brief: `${name}: ${text}`, sentence }];
    }),
};

/** sda; behind a controller that hides the disk "/dev/bus/0 megaraid,3". */
export function diskName({ name, device, deviceType }: SmartDisk): string {
  return name ?? (deviceType === undefined ? device : `${device} ${deviceType}`);
}
