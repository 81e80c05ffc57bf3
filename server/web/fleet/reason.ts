import type { HostSummary } from '../../src/api/schema.ts';
import { formatTime } from '../format/time.ts';
import { openProblems } from './verdict.ts';

/** The few words below a host's name. Undefined when there is nothing to say. */
export function reasonOf(host: HostSummary, nowMs: number): string | undefined {
  if (host.state === 'waiting') return 'Waiting for its agent';
  if (host.state === 'silent') return silentSince(host, nowMs);
  const [worst, ...more] = openProblems(host);
  if (worst === undefined) return undefined;
  return more.length === 0 ? worst.brief : `${worst.brief}, ${more.length} more`;
}

function silentSince(host: HostSummary, nowMs: number): string {
  if (host.lastSeenAtMs === undefined) return 'Silent';
  return `Silent since ${formatTime(host.lastSeenAtMs, nowMs)}`;
}
