import { LIMITS, SAMPLE_INTERVAL_MS, type Source } from '@proxmox-monitor/protocol';
import type { Problem, ProblemKind, Severity } from '../api/schema.ts';
import { CLOCK_OFF_MS } from '../ingest/sample-time.ts';
import { withoutStop } from '../words/list.ts';
import type { Finding } from './findings/finding.ts';
import { helperTrouble } from './findings/helper-trouble.ts';
import { isOfHelper } from './findings/of-helper.ts';
import type { HostReading, Moment } from './host-reading.ts';
import { present } from './present.ts';

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

/** More than anybody reads; a host with a thousand guests may have a thousand. */
const MOST_PROBLEMS = 100;

/** Everything about a host that wants attention, worst first. */
export function problemsOf(reading: HostReading, moment: Moment): Problem[] {
  const { host } = reading;
  const all: Finding[] = isSilent(host.lastSeenAtMs, moment)
    ? [silence(reading), ...findings(reading).flatMap(asOfSilentHost), ...duplicateProblem(reading)]
    : [
        ...findings(reading),
        ...helperProblem(reading, moment),
        ...sourceProblems(reading),
        ...clockProblem(reading),
        ...duplicateProblem(reading),
      ];
  return all
    .toSorted((first, second) => compareSeverity(first.severity, second.severity))
    .slice(0, MOST_PROBLEMS)
    .map(({ subject, brief, sentence, sinceMs, ...problem }) => ({
      ...problem,
      ...present('subject', subject?.slice(0, LIMITS.nameLength)),
      brief: brief.slice(0, LIMITS.nameLength),
      sentence: sentence.slice(0, LIMITS.textLength),
      ...present('place', PLACES[problem.kind]),
      ...present('sinceMs', sinceMs),
    }));
}

/** Parts of a host's page, by what a problem is about. */
const PLACES: Readonly<Record<ProblemKind, string | undefined>> = {
  silent: undefined,
  clock: undefined,
  duplicate: undefined,
  source: 'sources',
  helper: 'sources',
  pool: 'zfs',
  poolSpace: 'zfs',
  scrub: 'zfs',
  scrubErrors: 'zfs',
  disk: 'disks',
  raid: 'raid',
  filesystem: 'filesystems',
  storage: 'storages',
  storageSpace: 'storages',
  quorum: 'cluster',
  nodes: 'cluster',
  guest: 'guests',
  backup: 'backups',
  uncovered: 'backups',
  replication: 'replication',
  ceph: 'ceph',
  certificate: 'certificates',
  sensor: 'sensors',
  unit: 'services',
  service: 'services',
  timeSync: 'upkeep',
  reboot: 'upkeep',
  updates: 'upkeep',
  subscription: 'upkeep',
};

/**
 * What its documents say. What a source told that tells nothing new now is still believed, as bad as it was, and
 * called what it is: last known. Only what was merely worth knowing is left out then.
 */
function findings({ host, latest, findings: found }: HostReading): Finding[] {
  const skewMs = host.clockSkewMs ?? 0;
  return found.flatMap(({ source, findings: those }) => {
    const isFresh = (latest?.sources.get(source)?.state ?? 'ok') === 'ok';
    const dated = those.map((finding) => ({ ...finding, sinceMs: byServersClock(finding.sinceMs, skewMs) }));
    return isFresh ? dated : dated.flatMap(asLastKnown);
  });
}

function byServersClock(atMs: number | undefined, skewMs: number): number | undefined {
  return atMs === undefined ? undefined : Math.max(0, atMs - skewMs);
}

function asLastKnown(finding: Finding): Finding[] {
  if (finding.severity === 'info') return [];
  const said = (words: string): string => (words.startsWith(LAST_KNOWN) ? words : LAST_KNOWN + words);
  return [{ ...finding, brief: said(finding.brief), sentence: said(finding.sentence) }];
}

const LAST_KNOWN = 'Last known: ';

/** What was wrong before a host went silent may or may not be so still. */
function asOfSilentHost(finding: Finding): Finding[] {
  return asLastKnown(finding).map((known) => ({ ...known, severity: 'silent' }));
}

function silence({ host, connected }: HostReading): Finding {
  const why = connected ? 'although its agent is connected' : 'and its agent is not connected';
  return {
    severity: 'silent',
    kind: 'silent',
    brief: 'Silent',
    sentence: `${host.name} sends no data, ${why}.`,
    sinceMs: host.lastSeenAtMs ?? undefined,
  };
}

function helperProblem({ host, latest }: HostReading, { nowMs }: Moment): Finding[] {
  const problem = helperTrouble(latest?.sources ?? new Map(), nowMs + (host.clockSkewMs ?? 0));
  return problem === undefined ? [] : [problem];
}

/** That the helper does not run is said once, and not again for each of its sources. */
function sourceProblems({ host, latest }: HostReading): Finding[] {
  // the agent's times, by the server's clock
  const skewMs = host.clockSkewMs ?? 0;
  return [...(latest?.sources ?? [])].flatMap(([name, source]): Finding[] => {
    const verb = SOURCE_VERBS[source.state];
    if (verb === undefined || isOfHelper(source)) return [];
    const sentence = `The source ${name} ${verb}${reasonOf(source)}.`;
    const sinceMs = Math.max(0, source.sinceMs - skewMs);
    const brief = `Source ${name} ${verb}`;
    return [{ severity: 'warn', kind: 'source', subject: name, brief, sentence, sinceMs }];
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
  return source.reason === undefined || source.reason === '' ? '' : `: ${withoutStop(source.reason)}`;
}

function clockProblem({ host }: HostReading): Finding[] {
  const skewMs = host.clockSkewMs ?? 0;
  if (Math.abs(skewMs) <= CLOCK_OFF_MS) return [];
  const side = skewMs > 0 ? 'ahead of' : 'behind';
  const sentence = `The clock of ${host.name} is ${spanOf(Math.abs(skewMs))} ${side} the server's: check its time synchronisation.`;
  return [{ severity: 'warn', kind: 'clock', brief: 'Its clock is off', sentence }];
}

function duplicateProblem({ host, duplicate }: HostReading): Finding[] {
  if (duplicate === undefined) return [];
  const other =
    duplicate.hostname === undefined ? duplicate.address : `${duplicate.address} (${duplicate.hostname})`;
  const sentence =
    `Two agents use the token of ${host.name}: ${duplicate.connectedAddress} is connected, ${other} was refused. ` +
    'If you know only one of them, give the host a new token.';
  const brief = 'Two agents, one token';
  return [{ severity: 'warn', kind: 'duplicate', brief, sentence, sinceMs: duplicate.atMs }];
}

/** Two units at most: "3 min", "2 h 41 min", "1 d 4 h". */
function spanOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)];
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  if (hours > 0) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${minutes} min`;
}
