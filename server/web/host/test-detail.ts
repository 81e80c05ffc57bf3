import type { Documents, Source } from '@proxmox-monitor/protocol';
import type { HostDetail, HostSummary } from '../../src/api/schema.ts';
import { host, NOW_MS } from '../fleet/test-hosts.ts';

export const WELL_SOURCE: Source = {
  state: 'ok',
  sinceMs: NOW_MS - 3_600_000,
  durationMs: 41,
  checkedAtMs: NOW_MS - 24_000,
  succeededAtMs: NOW_MS - 24_000,
};

interface Given {
  readonly documents?: Documents;
  /** What differs from a source that is well. Those of the documents need not be named. */
  readonly sources?: Readonly<Record<string, Partial<Source>>>;
  readonly summary?: Partial<HostSummary>;
}

/** A host that told of these documents just now. */
export function detailWith({ documents = {}, sources = {}, summary = {} }: Given): HostDetail {
  const at = { receivedAtMs: NOW_MS, takenAtMs: NOW_MS };
  const names = [...new Set([...Object.keys(documents), ...Object.keys(sources)])];
  return {
    serverTimeMs: NOW_MS,
    summary: host('pve-01', summary),
    rates: { disks: [], interfaces: [], guests: [] },
    documents: Object.fromEntries(Object.entries(documents).map(([name, body]) => [name, { ...at, body }])),
    sources: names.map((name) => ({ name, source: { ...WELL_SOURCE, ...sources[name] } })),
  };
}

/** What a reader sees of some HTML, without what keeps names from turning their neighbours around. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/[\u2068\u2069]/g, '')
    .replace(/\s+/g, ' ');
}
