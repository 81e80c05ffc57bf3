import type { SmartDisk } from '@proxmox-monitor/protocol';

/**
 * One entry for each disk. The same one is seen twice over two paths, through its controller and as the block device
 * that the controller passes on, and as one of several controllers of an NVMe drive.
 */
export function withoutDuplicates(disks: readonly SmartDisk[]): SmartDisk[] {
  const kept: SmartDisk[] = [];
  for (const disk of disks) {
    const twin = kept.findIndex((other) => areTheSame(other, disk));
    if (twin < 0) kept.push(disk);
    else kept[twin] = better(kept[twin] ?? disk, disk);
  }
  return kept;
}

function areTheSame(left: SmartDisk, right: SmartDisk): boolean {
  if (left.wwn !== undefined && right.wwn !== undefined) return left.wwn === right.wwn;
  if (left.serial === undefined || left.serial !== right.serial || left.model !== right.model) return false;
  // Cheap USB bridges give all disks one serial; there both have names of their own.
  const isOneHidden = left.name === undefined || right.name === undefined;
  return isOneHidden || (left.protocol === 'NVMe' && right.protocol === 'NVMe');
}

const ORDER: Readonly<Record<SmartDisk['state'], number>> = {
  ok: 0,
  sleeping: 1,
  failed: 2,
  stuck: 3,
  unsupported: 4,
};

/** The one that says more, with the kernel name and the uses of whichever has them. */
function better(left: SmartDisk, right: SmartDisk): SmartDisk {
  const [first, second] = ORDER[right.state] < ORDER[left.state] ? [right, left] : [left, right];
  const name = first.name ?? second.name;
  const uses = [...first.uses, ...second.uses].filter(
    (use, index, all) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(use)) === index,
  );
  return { ...first, ...(name === undefined ? {} : { name }), uses: uses.slice(0, 64) };
}
