import { threeDigits } from '../../src/words/number.ts';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** Bytes stored or in memory, in binary units: 61 GiB, 1.29 TiB. */
export function formatBytes(bytes: number): string {
  const power = powerOf(bytes);
  return `${inUnit(bytes, power)} ${UNITS[power]}`;
}

/** A part and its whole, in the unit of the whole: 151 of 256 GiB. A part too small for that keeps its own. */
export function formatBytesOf(partBytes: number, wholeBytes: number): string {
  const power = powerOf(wholeBytes);
  const tooSmall = partBytes > 0 && partBytes / 1024 ** power < 0.01;
  const part = tooSmall ? formatBytes(partBytes) : inUnit(partBytes, power);
  return `${part} of ${formatBytes(wholeBytes)}`;
}

/** The unit in which the number stays below 1,000, so that it has three digits at most. */
function powerOf(bytes: number): number {
  let power = 0;
  while (power < UNITS.length - 1 && Math.round(bytes / 1024 ** power) >= 1_000) power += 1;
  return power;
}

function inUnit(bytes: number, power: number): string {
  return power === 0 ? String(Math.round(bytes)) : threeDigits(bytes / 1024 ** power);
}
