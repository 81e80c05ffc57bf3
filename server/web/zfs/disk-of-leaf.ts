import type { SmartDisk, Vdev } from '@proxmox-monitor/protocol';

/** Shorter ones are no serial that tells disks apart. */
const SERIAL_LENGTH = 6;

/**
 * The disk that a leaf of a pool is on, by the names that udev gives disks: kernel name, wwn, or model and serial.
 * Undefined when none fits, or more than one.
 */
export function diskOfLeaf(
  { name, path }: Pick<Vdev, 'name' | 'path'>,
  disks: readonly SmartDisk[],
): SmartDisk | undefined {
  const called = [name, path?.split('/').at(-1) ?? ''].map(withoutPartition);
  const fitting = disks.filter((disk) => called.some((word) => word !== '' && isCalled(disk, word)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** ata-…-part3, sda3, nvme0n1p3 */
function withoutPartition(name: string): string {
  return name.replace(/-part\d+$/, '').replace(/^(nvme\d+n\d+)p\d+$|^([sv]d[a-z]+)\d+$/, '$1$2');
}

function isCalled({ name, wwn, serial }: SmartDisk, word: string): boolean {
  if (name === word) return true;
  if (wwn !== undefined && word === `wwn-${wwn}`) return true;
  // udev writes an underscore for what it does not take into a name
  const written = serial?.replace(/[^A-Za-z0-9#+.:=@-]/g, '_');
  return written !== undefined && written.length >= SERIAL_LENGTH && word.endsWith(`_${written}`);
}
