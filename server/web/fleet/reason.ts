import type { HostSummary, Problem } from '../../src/api/schema.ts';
import { formatTime } from '../format/time.ts';
import { openProblems } from './verdict.ts';

/** The few words below a host's name. Undefined when there is nothing to say. */
export function reasonOf(host: HostSummary, nowMs: number): string | undefined {
  if (host.state === 'waiting') return 'Waiting for its agent';
  if (host.state === 'silent') return silentSince(host, nowMs);
  const [worst, ...more] = openProblems(host);
  if (worst === undefined) return undefined;
  const words = wordsOf(worst, host);
  return more.length === 0 ? words : `${words}, ${more.length} more`;
}

function silentSince(host: HostSummary, nowMs: number): string {
  if (host.lastSeenAtMs === undefined) return 'Silent';
  return `Silent since ${formatTime(host.lastSeenAtMs, nowMs)}`;
}

function wordsOf(problem: Problem, host: HostSummary): string {
  switch (problem.kind) {
    case 'pool': {
      const pool = host.pools?.unwell.find(({ name }) => name === problem.subject);
      if (pool === undefined) return `Pool ${problem.subject ?? ''}`.trimEnd();
      return pool.state === 'ONLINE' ? `${pool.name} has errors` : `${pool.name} is ${pool.state}`;
    }
    case 'source':
      return `Source ${problem.subject ?? ''} fails`;
    case 'clock':
      return 'Its clock is off';
    case 'duplicate':
      return 'Two agents, one token';
    case 'silent':
      return 'Silent';
  }
}
