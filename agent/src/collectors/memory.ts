import type { MemoryDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { inContainer } from './container.ts';
import { parseKstat } from './kstat.ts';
import { amountOf, parseMeminfo } from './meminfo.ts';

export const memory: Collector<'memory'> = {
  name: 'memory',
  everyMs: 10_000,
  timeoutMs: 2_000,
  async collect(host) {
    const [meminfo, arcstats] = await Promise.all([
      host.read('/proc/meminfo'),
      host.read('/proc/spl/kstat/zfs/arcstats'),
    ]);
    if (meminfo === undefined) return absent('no /proc/meminfo');
    const isOurs = arcstats !== undefined && !(await inContainer(host));
    return parseMemory(meminfo, isOurs ? arcstats : undefined);
  },
};

/**
 * Memory of the host from /proc/meminfo, with the ARC from arcstats where there is ZFS: the kernel counts
 * the ARC as used, so MemAvailable leaves it out.
 * @throws ParseError
 */
export function parseMemory(meminfoText: string, arcstatsText?: string): MemoryDocument {
  const meminfo = parseMeminfo(meminfoText);
  const shared = meminfo.get('Shmem');
  const reclaimable = meminfo.get('SReclaimable');
  const arcstats = arcstatsText === undefined ? undefined : parseKstat(arcstatsText);
  const arc = arcstats?.get('size');
  const arcMinimum = arcstats?.get('c_min');
  return {
    totalBytes: amountOf(meminfo, 'MemTotal'),
    freeBytes: amountOf(meminfo, 'MemFree'),
    availableBytes: amountOf(meminfo, 'MemAvailable'),
    buffersBytes: amountOf(meminfo, 'Buffers'),
    cachedBytes: amountOf(meminfo, 'Cached'),
    ...(shared === undefined ? {} : { sharedBytes: shared }),
    ...(reclaimable === undefined ? {} : { reclaimableSlabBytes: reclaimable }),
    ...(arc === undefined ? {} : { zfsArcBytes: arc }),
    ...(arcMinimum === undefined ? {} : { zfsArcMinimumBytes: arcMinimum }),
  };
}
