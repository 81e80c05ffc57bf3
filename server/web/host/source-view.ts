import type { Source } from '@proxmox-monitor/protocol';
import type { HostDetail, Severity } from '../../src/api/schema.ts';
import { formatAge, formatDuration } from '../../src/words/duration.ts';
import { formatTime } from '../format/time.ts';

export interface SourceView {
  readonly severity: Severity;
  /** For those who do not see the glyph. */
  readonly word: string;
  readonly text: string;
}

/** What a source says about itself, by the server's clock. */
export function sourceView(source: Source, skewMs: number, nowMs: number): SourceView {
  const since = formatTime(source.sinceMs - skewMs, nowMs);
  const reason = source.reason === undefined || source.reason === '' ? '' : `, ${source.reason}`;
  switch (source.state) {
    case 'ok': {
      const age = formatAge(nowMs - (source.checkedAtMs - skewMs));
      return { severity: 'ok', word: 'Well', text: `${age} ago, took ${formatDuration(source.durationMs)}` };
    }
    case 'absent':
      return { severity: 'silent', word: 'Absent', text: source.reason || 'not on this host' };
    case 'stale':
      return { severity: 'warn', word: 'Stale', text: `stale since ${since}${reason}` };
    case 'stuck':
      return { severity: 'warn', word: 'Stuck', text: `no answer since ${since}${reason}` };
    case 'failed':
      return { severity: 'warn', word: 'Failed', text: `failed since ${since}${reason}` };
  }
}

export function sourceNamed(detail: HostDetail, name: string): Source | undefined {
  return detail.sources.find((entry) => entry.name === name)?.source;
}
