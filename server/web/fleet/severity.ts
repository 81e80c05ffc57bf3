import type { Severity } from '../../src/api/schema.ts';

/** Worst first: the order of everything on the dashboard. */
const ORDER: readonly Severity[] = ['crit', 'silent', 'warn', 'info', 'ok'];

export function compareSeverity(first: Severity, second: Severity): number {
  return ORDER.indexOf(first) - ORDER.indexOf(second);
}

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  crit: 'Critical',
  silent: 'Silent',
  warn: 'Warning',
  info: 'Info',
  ok: 'Well',
};

const collator = new Intl.Collator('en', { numeric: true });

/** pve-2 comes before pve-10. */
export function compareNames(first: string, second: string): number {
  return collator.compare(first, second) || (first < second ? -1 : first > second ? 1 : 0);
}
