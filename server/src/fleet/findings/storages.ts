import type { PveStorage } from '@proxmox-monitor/protocol';
import { isolated } from '../../words/isolated.ts';
import { namedList } from '../../words/list.ts';
import { counted } from '../../words/number.ts';
import { formatPercent } from '../../words/percent.ts';
import { fillSeverity, USUAL_FILL } from './fill-severity.ts';
import { type Finder, type Finding, when } from './finding.ts';

/**
 * Whose space is somebody else's: that of a pool or of a local filesystem, which are looked at by themselves, or that
 * of a volume group, which may be given away whole.
 */
const LENT: ReadonlySet<string> = new Set(['zfspool', 'dir', 'btrfs', 'lvm']);

/** Storages of Proxmox that should be there and are not, and those that are about to be full. */
export const storages: Finder = {
  source: 'pveStorages',
  find: ({ pveStorages }) => {
    const enabled = (pveStorages?.storages ?? []).filter(({ isEnabled }) => isEnabled);
    const inactive = enabled.filter(({ isActive }) => isActive === false).map(({ name }) => name);
    const count = counted(inactive.length, 'storage');
    return [
      ...when(inactive.length > 0, {
        kind: 'storage',
        severity: 'warn',
        brief: `${count} inactive`,
        sentence: `${count} inactive: ${namedList(inactive)}.`,
      }),
      ...enabled.filter(({ isActive, type }) => isActive !== false && !LENT.has(type)).flatMap(spaceOf),
    ];
  },
};

function spaceOf({ name, usedBytes, totalBytes }: PveStorage): Finding[] {
  if (usedBytes === undefined || totalBytes === undefined || totalBytes === 0) return [];
  const percent = (usedBytes / totalBytes) * 100;
  const severity = fillSeverity(percent, USUAL_FILL);
  if (severity === undefined) return [];
  const full = `${formatPercent(percent)} full`;
  return [
    {
      kind: 'storageSpace',
      subject: name,
      severity,
      brief: `${name} is ${full}`,
      sentence: `Storage ${isolated(name)} is ${full}.`,
    },
  ];
}
