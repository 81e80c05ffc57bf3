import type { FilesystemsDocument } from '@proxmox-monitor/protocol';
import { isolated } from '../../words/isolated.ts';
import { formatPercent } from '../../words/percent.ts';
import { fillSeverity, USUAL_FILL } from './fill-severity.ts';
import type { Finder, Finding } from './finding.ts';

type Filesystem = FilesystemsDocument['filesystems'][number];

/** A filesystem smaller than this (an EFI partition's, a firmware's) is full by design. */
const SMALL_BYTES = 64 * 1024 ** 2;

/** Filesystems that are about to be full. Those of ZFS share the space of their pool, which is looked at by itself. */
export const filesystems: Finder = {
  source: 'filesystems',
  find: ({ filesystems: document }) =>
    (document?.filesystems ?? []).filter((each) => canFill(each) && each.type !== 'zfs').flatMap(spaceOf),
};

/** Not one that is read-only, which is full by design, nor a tiny one. */
export function canFill({ readOnly, sizeBytes }: Filesystem): boolean {
  return !readOnly && sizeBytes >= SMALL_BYTES;
}

/** As `df` counts: reserved blocks are neither used nor free. */
export function usedPercentOf({ usedBytes, availableBytes }: Filesystem): number {
  return usedBytes === 0 ? 0 : (usedBytes / (usedBytes + availableBytes)) * 100;
}

function spaceOf(filesystem: Filesystem): Finding[] {
  const { mountPoint } = filesystem;
  const percent = usedPercentOf(filesystem);
  const severity = fillSeverity(percent, USUAL_FILL);
  if (severity === undefined) return [];
  const full = `${formatPercent(percent)} full`;
  return [
    {
      kind: 'filesystem',
      subject: mountPoint,
      severity,
      brief: `${mountPoint} is ${full}`,
      sentence: `Filesystem ${isolated(mountPoint)} is ${full}.`,
    },
  ];
}
