import type { ZfsArcDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ParseError } from '../errors.ts';
import { inContainer } from './container.ts';
import { parseKstat } from './kstat.ts';

export const zfsArc: Collector<'zfsArc'> = {
  name: 'zfsArc',
  everyMs: 10_000,
  timeoutMs: 2_000,
  async collect(host) {
    const text = await host.read('/proc/spl/kstat/zfs/arcstats');
    if (text === undefined) return absent('no ZFS on this host');
    if (await inContainer(host))
      return absent('inside a container: the cache belongs to the machine outside');
    return parseArcstats(text);
  },
};

/**
 * Size and success of the ZFS read cache. The second level is left out where no pool has a cache device.
 * @throws ParseError
 */
export function parseArcstats(text: string): ZfsArcDocument {
  const stats = parseKstat(text);
  const value = (name: string): number => {
    const found = stats.get(name);
    if (found === undefined) throw new ParseError(`arcstats has no "${name}"`);
    return found;
  };
  const l2Size = stats.get('l2_size') ?? 0;
  return {
    sizeBytes: value('size'),
    targetBytes: value('c'),
    minimumBytes: value('c_min'),
    maximumBytes: value('c_max'),
    hits: value('hits'),
    misses: value('misses'),
    ...(l2Size > 0
      ? { l2SizeBytes: l2Size, l2Hits: stats.get('l2_hits') ?? 0, l2Misses: stats.get('l2_misses') ?? 0 }
      : {}),
  };
}
