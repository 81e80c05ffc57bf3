import { ParseError } from '../errors.ts';
import { wholeLines } from '../lines.ts';

/**
 * Parses a kstat of named numbers: two lines of heading, then rows `name type value`. Text values are
 * left out. Source: /proc/spl/kstat/zfs/arcstats and others.
 * @throws ParseError when there is no row
 */
export function parseKstat(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const line of wholeLines('a kstat', text)) {
    const match = /^([a-z0-9_]{1,64}) +(\d{1,2}) +(-?\d{1,20})$/.exec(line);
    if (match?.[1] !== undefined) values.set(match[1], Number(match[3]));
  }
  if (values.size === 0) throw new ParseError('a kstat has no rows "name type value"');
  return values;
}
