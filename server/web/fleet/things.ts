import type { HostSummary, Problem, ProblemKind } from '../../src/api/schema.ts';
import { counted } from '../../src/words/number.ts';

/** Things of a host that a row tells of beside its pools. */
export interface ThingGroup {
  readonly name: string;
  /** Of so many problems. */
  chipText(count: number): string;
  readonly kinds: ReadonlySet<ProblemKind>;
}

/** One problem of a disk or a guest is of one of them; one of backups may be of many guests. */
const GROUPS: readonly ThingGroup[] = [
  { name: 'disks', chipText: (count) => counted(count, 'disk'), kinds: new Set(['disk', 'raid']) },
  { name: 'guests', chipText: (count) => counted(count, 'guest'), kinds: new Set(['guest', 'replication']) },
  { name: 'backups', chipText: () => 'backups', kinds: new Set(['backup', 'uncovered']) },
];

export interface UnwellThings {
  readonly group: ThingGroup;
  /** Worst first. */
  readonly problems: readonly [Problem, ...Problem[]];
}

/** Groups of which something is not well. */
export function unwellThings({ problems }: HostSummary): readonly UnwellThings[] {
  return GROUPS.flatMap((group) => {
    const [worst, ...more] = problems.filter(
      ({ kind, severity }) => group.kinds.has(kind) && severity !== 'info',
    );
    return worst === undefined ? [] : [{ group, problems: [worst, ...more] as const }];
  });
}

/** How many there are: "6 disks, 17 of 21 guests" that run. */
export function thingsText({ disks, guests }: HostSummary): string {
  const parts = [
    ...(disks === undefined || disks.total === 0 ? [] : [counted(disks.total, 'disk')]),
    ...(guests === undefined || guests.total === 0
      ? []
      : [`${guests.running} of ${counted(guests.total, 'guest')}`]),
  ];
  return parts.join(', ');
}

/** What is critical counts before all else; undefined where a host has none of it. */
export function thingsMeasure(host: HostSummary): number | undefined {
  const problems = unwellThings(host).flatMap((unwell) => unwell.problems);
  if (problems.length === 0 && thingsText(host) === '') return undefined;
  return problems.reduce((sum, { severity }) => sum + (severity === 'crit' ? 1_000 : 1), 0);
}
