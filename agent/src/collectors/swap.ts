import type { SwapDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { wholeLines } from '../lines.ts';
import { amountOf, parseMeminfo } from './meminfo.ts';

/** Unit of pswpin and pswpout: pages of 4 KiB on amd64 and on arm64 as Debian builds it. */
const PAGE_BYTES = 4096;

export const swap: Collector<'swap'> = {
  name: 'swap',
  everyMs: 10_000,
  timeoutMs: 2_000,
  async collect(host) {
    const [meminfo, vmstat] = await Promise.all([host.read('/proc/meminfo'), host.read('/proc/vmstat')]);
    return meminfo === undefined ? absent('no /proc/meminfo') : parseSwap(meminfo, vmstat ?? '');
  },
};

/**
 * Swap space from /proc/meminfo, its traffic and the kernel's kills for want of memory from /proc/vmstat
 * (`name value` per line). A host without swap has a total of 0.
 * @throws ParseError
 */
export function parseSwap(meminfoText: string, vmstatText: string): SwapDocument {
  const meminfo = parseMeminfo(meminfoText);
  const vmstat = wholeLines('/proc/vmstat', vmstatText).join('\n');
  const counter = (name: string): number | undefined => {
    const value = new RegExp(`^${name} (\\d{1,20})$`, 'm').exec(vmstat)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const pagesIn = counter('pswpin');
  const pagesOut = counter('pswpout');
  const oomKills = counter('oom_kill');
  return {
    totalBytes: amountOf(meminfo, 'SwapTotal'),
    freeBytes: amountOf(meminfo, 'SwapFree'),
    ...(pagesIn === undefined ? {} : { inBytes: pagesIn * PAGE_BYTES }),
    ...(pagesOut === undefined ? {} : { outBytes: pagesOut * PAGE_BYTES }),
    ...(oomKills === undefined ? {} : { oomKills }),
  };
}
