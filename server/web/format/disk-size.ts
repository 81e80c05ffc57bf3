import { threeDigits } from '../../src/words/number.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A disk as it is labelled, in decimal units: 960 GB, 16 TB, 1.92 TB. */
export function formatDiskSize(bytes: number): string {
  let power = 0;
  while (power < UNITS.length - 1 && bytes / 1_000 ** power >= 999.5) power += 1;
  return `${threeDigits(bytes / 1_000 ** power)} ${UNITS[power]}`;
}
