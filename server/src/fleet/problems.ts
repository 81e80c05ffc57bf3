import { LIMITS, SAMPLE_INTERVAL_MS, type Source } from '@proxmox-monitor/protocol';
import type { Problem, Severity } from '../api/schema.ts';
import { CLOCK_OFF_MS } from '../ingest/sample-time.ts';
import type { HostReading, Moment } from './host-reading.ts';
import { poolProblem } from './pool-problem.ts';

/** A host without a sample for longer than three intervals and a half is silent. */
export const SILENT_AFTER_MS = 3.5 * SAMPLE_INTERVAL_MS;

/** Worst first, as the dashboard orders everything. */
const ORDER: readonly Severity[] = ['crit', 'silent', 'warn', 'info', 'ok'];

export function compareSeverity(first: Severity, second: Severity): number {
  return ORDER.indexOf(first) - ORDER.indexOf(second);
}

/**
 * Whether the host has gone quiet, by the server's clock. The time before the server's own start does not
 * count: a server that was down must not call every host silent when it comes back. A time that is yet to come
 * was written while the server's clock was ahead, and is no sign of life either.
 */
export function isSilent(lastSeenAtMs: number | null, moment: Moment): boolean {
  if (lastSeenAtMs === null) return false;
  return Math.min(Math.abs(moment.nowMs - lastSeenAtMs), moment.serverUptimeMs) > SILENT_AFTER_MS;
}

/** Everything about a host that wants attention, worst first. */
export function problemsOf(reading: HostReading, moment: Moment): Problem[] {
  const duplicate = duplicateProblem(reading);
  const problems = isSilent(reading.host.lastSeenAtMs, moment)
    ? [silence(reading), ...poolProblems(reading).map(asLastKnown), ...duplicate]
    : [...poolProblems(reading), ...sourceProblems(reading), ...clockProblem(reading), ...duplicate];
  return problems
    .map((problem) => ({ ...problem, sentence: problem.sentence.slice(0, LIMITS.textLength) }))
    .toSorted((first, second) => compareSeverity(first.severity, second.severity));
}

function silence({ host, connected }: HostReading): Problem {
  const why = connected ? 'although its agent is connected' : 'and its agent is not connected';
  return {
    severity: 'silent',
    kind: 'silent',
    sentence: `${host.name} sends no data, ${why}.`,
    ...(host.lastSeenAtMs === null ? {} : { sinceMs: host.lastSeenAtMs }),
  };
}

/** What was wrong before a host went silent may or may not be so still. */
function asLastKnown(problem: Problem): Problem {
  return { ...problem, severity: 'silent', sentence: `Last known: ${problem.sentence}` };
}

function poolProblems({ latest }: HostReading): Problem[] {
  return (latest?.documents.zfsPools?.body.pools ?? []).flatMap((pool) => {
    const problem = poolProblem(pool);
    return problem === undefined ? [] : [{ kind: 'pool' as const, subject: pool.name, ...problem }];
  });
}

function sourceProblems({ host, latest }: HostReading): Problem[] {
  // the agent's times, by the server's clock
  const skewMs = host.clockSkewMs ?? 0;
  return [...(latest?.sources ?? [])].flatMap(([name, source]): Problem[] => {
    const verb = SOURCE_VERBS[source.state];
    if (verb === undefined) return [];
    const sentence = `The source ${name} ${verb}${reasonOf(source)}.`;
    const sinceMs = Math.max(0, source.sinceMs - skewMs);
    return [{ severity: 'warn', kind: 'source', subject: name, sentence, sinceMs }];
  });
}

const SOURCE_VERBS: Readonly<Record<Source['state'], string | undefined>> = {
  ok: undefined,
  absent: undefined,
  stale: 'gives only old data',
  stuck: 'does not answer',
  failed: 'failed',
};

function reasonOf(source: Source): string {
  return source.reason === undefined || source.reason === '' ? '' : `: ${source.reason.replace(/\.$/, '')}`;
}

function clockProblem({ host }: HostReading): Problem[] {
  const skewMs = host.clockSkewMs ?? 0;
  if (Math.abs(skewMs) <= CLOCK_OFF_MS) return [];
  const side = skewMs > 0 ? 'ahead of' : 'behind';
  const sentence = `The clock of ${host.name} is ${spanOf(Math.abs(skewMs))} ${side} the server's: check its time synchronisation.`;
  return [{ severity: 'warn', kind: 'clock', sentence }];
}

function duplicateProblem({ host, duplicate }: HostReading): Problem[] {
  if (duplicate === undefined) return [];
  const other =
    duplicate.hostname === undefined ? duplicate.address : `${duplicate.address} (${duplicate.hostname})`;
  const sentence =
    `Two agents use the token of ${host.name}: ${duplicate.connectedAddress} is connected, ${other} was refused. ` +
    'If you know only one of them, give the host a new token.';
  return [{ severity: 'warn', kind: 'duplicate', sentence, sinceMs: duplicate.atMs }];
}

/** Two units at most: "3 min", "2 h 41 min", "1 d 4 h". */
function spanOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)];
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  if (hours > 0) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${minutes} min`;
}
