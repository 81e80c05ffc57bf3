import type { HostSummary, Problem, Severity } from '../../src/api/schema.ts';
import { counted } from '../../src/words/number.ts';
import type { Issue } from '../components/issue-list.tsx';
import { compareSeverity } from './severity.ts';
import { sortHosts } from './sort.ts';

export interface Verdict {
  readonly severity: Severity;
  /** "18 hosts, 4 need attention" */
  readonly sentence: string;
  /** Hosts that are silent or have a problem that is critical or a warning. */
  readonly attention: number;
  /** Worst first. */
  readonly issues: readonly Issue[];
  readonly well: number;
  /** Registered, but never seen. */
  readonly waiting: readonly string[];
  /** Hosts whose agent is older than it could be. */
  readonly behind: number;
}

/** Is anything wrong, and what? */
export function verdictOf(hosts: readonly HostSummary[]): Verdict {
  const waiting = hosts.filter((host) => host.state === 'waiting').map((host) => host.name);
  const troubled = hosts.filter((host) => host.state === 'attention' || host.state === 'silent');
  const issues = sortHosts(troubled, undefined)
    .flatMap((host) => openProblems(host).map((problem, rank) => ({ host: host.name, problem, rank })))
    .toSorted(
      (first, second) =>
        compareSeverity(first.problem.severity, second.problem.severity) ||
        // the worst of every host before a second one of any
        first.rank - second.rank,
    );
  const seen = hosts.length - waiting.length;
  return {
    severity: issues[0]?.problem.severity ?? (seen === 0 ? 'info' : 'ok'),
    sentence: sentenceOf(hosts.length, seen, troubled.length),
    attention: troubled.length,
    issues,
    well: seen - troubled.length,
    waiting,
    behind: hosts.filter(({ newerAgentVersion }) => newerAgentVersion !== undefined).length,
  };
}

/** What is shown of a host: of a silent one only its silence, since the rest may no longer be true. */
export function openProblems(host: HostSummary): readonly Problem[] {
  const open = host.problems.filter(({ severity }) => severity !== 'info' && severity !== 'ok');
  return host.state === 'silent'
    ? open.filter(({ severity, kind }) => severity !== 'silent' || kind === 'silent')
    : open;
}

function sentenceOf(all: number, seen: number, troubled: number): string {
  if (seen === 0) return all === 1 ? 'The host has not reported yet' : 'No host has reported yet';
  if (troubled === 0) return wellSentence(all, seen);
  if (all === 1) return 'The host needs attention';
  const need = troubled === 1 ? '1 needs attention' : `${troubled} need attention`;
  return `${counted(all, 'host')}, ${need}`;
}

function wellSentence(all: number, seen: number): string {
  if (all === 1) return 'The host is well';
  if (seen < all) return `${seen === 1 ? '1 host is' : `${seen} hosts are`} well`;
  return all === 2 ? 'Both hosts are well' : `All ${all} hosts are well`;
}

/** Of the browser's tab: "4 need attention · Proxmox Monitor". */
export function titleOf(page: string, attention: number): string {
  const need = attention === 1 ? '1 needs attention' : `${attention} need attention`;
  const parts = [attention > 0 ? need : '', page, 'Proxmox Monitor'];
  return parts.filter((part) => part !== '').join(' · ');
}
