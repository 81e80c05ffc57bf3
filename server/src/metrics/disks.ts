import type { DiskIoDocument } from '@proxmox-monitor/protocol';
import type { Rates } from '../api/schema.ts';
import { counterRate } from './reading.ts';

export type DiskRate = Rates['disks'][number];

/** A disk that is new, or whose counters started anew, has no rate and is left out. */
export function diskRates(previous: DiskIoDocument, current: DiskIoDocument, elapsed: number): DiskRate[] {
  const before = new Map(previous.disks.map((disk) => [disk.name, disk]));
  return current.disks.flatMap((disk) => {
    const old = before.get(disk.name);
    if (old === undefined || old.serial !== disk.serial) return [];
    const read = counterRate(old.readBytes, disk.readBytes, elapsed);
    const write = counterRate(old.writtenBytes, disk.writtenBytes, elapsed);
    const busy = counterRate(old.busyMs, disk.busyMs, elapsed);
    if (read === undefined || write === undefined || busy === undefined) return [];
    // milliseconds per second to percent; the kernel's clock ticks let it pass 100 a little
    const busyPercent = Math.min(100, busy / 10);
    return [{ name: disk.name, readBytesPerSecond: read, writeBytesPerSecond: write, busyPercent }];
  });
}
