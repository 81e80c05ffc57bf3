const MEGABYTE = 1_000_000;

/** Bytes per second as MB/s, without the unit: 112, 84.1, 0.3. Decimal, as disks and networks are sold. */
export function formatMegabytes(bytesPerSecond: number): string {
  const value = bytesPerSecond / MEGABYTE;
  if (value > 0 && value < 0.05) return '<0.1';
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

/** The same with its unit: 84.1 MB/s. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatMegabytes(bytesPerSecond)} MB/s`;
}

/** Speed of a link: 2.5 Gbit/s, 100 Mbit/s. */
export function formatLinkSpeed(bitsPerSecond: number): string {
  const megabits = bitsPerSecond / 1_000_000;
  return megabits >= 1_000 ? `${megabits / 1_000} Gbit/s` : `${megabits} Mbit/s`;
}
