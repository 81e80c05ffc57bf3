import type { Documents } from '@proxmox-monitor/protocol';
import type { Finder } from './finding.ts';

export const NOW_MS = Date.UTC(2026, 10, 24, 12);
export const DAY_MS = 24 * 3_600_000;

/** For tests: what a finder says, as "severity kind subject: sentence". */
export function said(finder: Finder, documents: Documents): string[] {
  return finder
    .find(documents, NOW_MS)
    .map(({ severity, kind, subject, sentence }) =>
      [severity, kind, ...(subject === undefined ? [] : [subject])].join(' ').concat(`: ${sentence}`),
    );
}
