import { ParseError } from '../errors.ts';
import { wholeLines } from '../lines.ts';

/** The amounts of /proc/meminfo by their name there, in bytes. */
export type Meminfo = ReadonlyMap<string, number>;

/**
 * Parses lines such as `MemTotal:       32831920 kB`; kB are 1024 bytes. Lines without a unit (counts of
 * huge pages) are left out. Format: proc_meminfo(5).
 * @throws ParseError when the last line has lost its end
 */
export function parseMeminfo(text: string): Meminfo {
  const amounts = new Map<string, number>();
  for (const line of wholeLines('/proc/meminfo', text)) {
    const match = /^([A-Za-z0-9_()]{1,40}): +(\d{1,20}) kB$/.exec(line);
    if (match?.[1] !== undefined) amounts.set(match[1], Number(match[2]) * 1024);
  }
  return amounts;
}

/**
 * One amount that every kernel has.
 * @throws ParseError
 */
export function amountOf(meminfo: Meminfo, name: string): number {
  const bytes = meminfo.get(name);
  if (bytes === undefined) throw new ParseError(`/proc/meminfo has no "${name}: … kB"`);
  return bytes;
}
