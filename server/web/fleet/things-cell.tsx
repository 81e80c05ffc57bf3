import type { JSX } from 'preact';
import type { HostSummary } from '../../src/api/schema.ts';
import { Absent } from '../components/absent.tsx';
import { Chip, ReasonChip } from '../components/chip.tsx';
import { placeOf } from '../components/issue-list.tsx';
import { thingsText, type UnwellThings, unwellThings } from './things.ts';

/** Disks, guests and backups of a host: those that are not well with their reasons, or how many there are. */
export function ThingsCell({ host }: { readonly host: HostSummary }): JSX.Element {
  const unwell = unwellThings(host);
  const text = thingsText(host);
  if (unwell.length === 0) {
    return (
      <td>
        {text === '' ? <Absent /> : <Chip severity={host.state === 'silent' ? 'silent' : 'ok'} text={text} />}
      </td>
    );
  }
  return (
    <td class="bad">
      <span class="chips">
        {unwell.map((things) => (
          <ThingsChip key={things.group.name} host={host.name} things={things} />
        ))}
      </span>
    </td>
  );
}

function ThingsChip({
  host,
  things: { group, problems },
}: {
  readonly host: string;
  readonly things: UnwellThings;
}): JSX.Element {
  const [worst] = problems;
  return (
    <ReasonChip severity={worst.severity} text={group.chipText(problems.length)}>
      {problems.slice(0, SHOWN).map((problem) => (
        <span class="reason" key={`${problem.kind} ${problem.subject ?? ''}`}>
          {problem.sentence}
        </span>
      ))}
      <a class="link" href={placeOf(host, worst)}>
        Open the {group.name}
      </a>
    </ReasonChip>
  );
}

const SHOWN = 5;
