import type { CpuDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ParseError } from '../errors.ts';
import { wholeLines } from '../lines.ts';

/** USER_HZ: the unit of /proc/stat, 100 on every Linux that Debian builds. */
const TICKS_PER_SECOND = 100;

export const cpu: Collector<'cpu'> = {
  name: 'cpu',
  everyMs: 10_000,
  timeoutMs: 2_000,
  async collect(host) {
    const text = await host.read('/proc/stat');
    return text === undefined ? absent('no /proc/stat') : parseStat(text);
  },
};

/**
 * Parses the `cpu` lines of /proc/stat: time since boot by mode, in ticks, and one line per logical CPU.
 * Kernels before 2.6.33 have fewer modes; later ones may add some. Format: proc_stat(5).
 * @throws ParseError
 */
export function parseStat(text: string): CpuDocument {
  const lines = wholeLines('/proc/stat', text);
  const total = lines.find((line) => line.startsWith('cpu '));
  if (total === undefined) throw new ParseError('/proc/stat has no line "cpu"');
  const ticks = total.trim().split(/ +/).slice(1);
  if (ticks.length < 4) throw new ParseError('/proc/stat has fewer than four numbers for "cpu"');
  const seconds = (index: number): number => {
    const field = ticks[index] ?? '0';
    if (!/^\d{1,20}$/.test(field)) throw new ParseError(`/proc/stat has "${field.slice(0, 40)}" for "cpu"`);
    return Number(field) / TICKS_PER_SECOND;
  };
  // After the CPUs comes more, so that none of them can be missing.
  if (lines.at(-1)?.startsWith('cpu') === true) throw new ParseError('/proc/stat ends with a CPU');
  const logicalCpus = lines.filter((line) => /^cpu\d/.test(line)).length;
  if (logicalCpus === 0) throw new ParseError('/proc/stat has no line "cpu0"');
  return {
    logicalCpus,
    userSeconds: seconds(0),
    niceSeconds: seconds(1),
    systemSeconds: seconds(2),
    idleSeconds: seconds(3),
    ioWaitSeconds: seconds(4),
    irqSeconds: seconds(5),
    softIrqSeconds: seconds(6),
    stealSeconds: seconds(7),
    guestSeconds: seconds(8),
    guestNiceSeconds: seconds(9),
  };
}
