import type { HostDetail, Severity } from '../../src/api/schema.ts';
import { type Issue, partOf } from '../components/issue-list.tsx';
import { compareSeverity } from '../fleet/severity.ts';
import { findingsOf } from './findings.ts';
import { helperTrouble } from './helper-trouble.ts';

/** All that wants attention on a host, worst first: what the server counts as a problem, and what its page found. */
export function issuesOf(detail: HostDetail, nowMs: number): Issue[] {
  const { name: host, problems } = detail.summary;
  // that the helper does not run is said once, and not again for each of its sources
  const said = new Set<string | undefined>(helperTrouble(detail)?.names);
  return [
    ...problems
      .filter(({ kind, subject }) => kind !== 'source' || !said.has(subject))
      .map((problem): Issue => ({ host, problem, place: partOf(problem.kind) })),
    ...findingsOf(detail, nowMs).map(
      ({ severity, sentence, place }): Issue => ({
        host,
        place,
        problem: { kind: 'finding', subject: sentence, severity, sentence },
      }),
    ),
  ].toSorted((first, second) => compareSeverity(first.problem.severity, second.problem.severity));
}

/** The state of a host as its page shows it: what its documents say may be worse than what the server counts. */
export function severityOf({ summary }: HostDetail, issues: readonly Issue[]): Severity {
  const worst = issues[0]?.problem.severity;
  if (summary.state === 'silent' || worst === undefined) return summary.severity;
  return compareSeverity(worst, summary.severity) < 0 ? worst : summary.severity;
}
