/** Shown where a value is absent. Never 0. */
export const ABSENT = '–';

/** At most three digits, without trailing zeros: 1.29, 58.2, 410. */
export function threeDigits(value: number): string {
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return String(Number(value.toFixed(decimals)));
}

/** A whole number with its thousands apart: 31,204. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A load with one decimal: 22.8. */
export function formatLoad(load: number): string {
  return load.toFixed(1);
}

/** "1 host", "18 hosts". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
