import { absent, type Collector } from '../collector.ts';
import { ParseError } from '../errors.ts';
import { wholeLines } from '../lines.ts';

export const uptime: Collector<'uptime'> = {
  name: 'uptime',
  everyMs: 10_000,
  timeoutMs: 2_000,
  async collect(host) {
    const text = await host.read('/proc/uptime');
    if (text === undefined) return absent('no /proc/uptime');
    const bootId = (await host.read('/proc/sys/kernel/random/boot_id'))?.trim();
    return { uptimeSeconds: parseUptime(text), ...(bootId === undefined || bootId === '' ? {} : { bootId }) };
  },
};

/**
 * Parses `350735.47 234388.90`: seconds since boot, seconds that all CPUs were idle. Format: proc_uptime(5).
 * @throws ParseError
 */
export function parseUptime(text: string): number {
  const seconds = /^(\d{1,12}\.\d{1,6}) \d{1,15}\.\d{1,6}$/.exec(
    wholeLines('/proc/uptime', text).join('\n'),
  )?.[1];
  if (seconds === undefined) throw new ParseError('/proc/uptime is not "seconds seconds"');
  return Number(seconds);
}
