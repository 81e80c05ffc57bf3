import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { HostDetail } from '../../src/api/schema.ts';
import { ChartsSection } from '../charts/charts-section.tsx';
import { chooseRange, RANGES, range } from '../charts/range.ts';
import { IssueList } from '../components/issue-list.tsx';
import { Note } from '../components/note.tsx';
import { Segmented } from '../components/segmented.tsx';
import { compareSeverity } from '../fleet/severity.ts';
import { BackupsSection } from '../proxmox/backups-section.tsx';
import { GuestsSection } from '../proxmox/guests-section.tsx';
import { ReplicationSection } from '../proxmox/replication-section.tsx';
import { StoragesSection } from '../proxmox/storages-section.tsx';
import { TasksSection } from '../proxmox/tasks-section.tsx';
import { bindKeys } from '../state/keys.ts';
import { detail, hostsByName, worstFirstNames } from '../state/store.ts';
import { ZfsSection } from '../zfs/zfs-section.tsx';
import { DisksSection } from './disks-section.tsx';
import { FilesystemsSection } from './filesystems-section.tsx';
import { HostHeader } from './host-header.tsx';
import { hostPath } from './host-path.ts';
import { isHere } from './is-here.ts';
import { NetworkSection } from './network-section.tsx';
import { NowStrip } from './now-strip.tsx';
import { SensorsSection } from './sensors-section.tsx';
import { ServicesSection } from './services-section.tsx';
import { SourcesSection } from './sources-section.tsx';

/** Id, title, and the source without which there is no such part. */
const PLACES: readonly (readonly [id: string, title: string, source?: string])[] = [
  ['charts', 'Charts'],
  ['guests', 'Guests', 'pveGuests'],
  ['zfs', 'ZFS'],
  ['storages', 'Storages', 'pveStorages'],
  ['backups', 'Backups', 'pveBackups'],
  ['replication', 'Replication', 'pveReplication'],
  ['filesystems', 'Filesystems'],
  ['disks', 'Disks'],
  ['network', 'Network'],
  ['sensors', 'Sensors', 'sensors'],
  ['services', 'Services', 'services'],
  ['sources', 'Sources'],
];

export function HostPage(): JSX.Element | null {
  const host = detail.value;
  useHostKeys(host?.summary.name);
  if (host === undefined) return null;
  const { name, state, problems } = host.summary;
  const removed = hostsByName.value !== undefined && !hostsByName.value.has(name);
  const issues = problems
    .map((problem) => ({ host: name, problem }))
    .toSorted((first, second) => compareSeverity(first.problem.severity, second.problem.severity));
  return (
    <main id="main">
      <HostHeader detail={host} />
      {removed ? (
        <Note severity="warn" role="alert">
          <b>{name} was removed.</b> What you see are its last values.
        </Note>
      ) : null}
      {issues.length > 0 ? (
        <section class="card" aria-label="Problems">
          <IssueList issues={issues} named={false} />
        </section>
      ) : null}
      {state === 'waiting' ? (
        <section class="card empty sec">
          <h2>{name} has not reported yet</h2>
          <p>
            Its first values appear here by themselves. If it takes long, run{' '}
            <code>proxmox-monitor-agent check</code> on the host: it says what is wrong.
          </p>
          <a class="btn" href="/admin/hosts">
            Go to the registered hosts
          </a>
        </section>
      ) : (
        <>
          <NowStrip detail={host} />
          <SubNav detail={host} />
          <ChartsSection detail={host} />
          <GuestsSection detail={host} />
          <ZfsSection detail={host} />
          <StoragesSection detail={host} />
          <BackupsSection detail={host} />
          <ReplicationSection detail={host} />
          <TasksSection detail={host} />
          <FilesystemsSection detail={host} />
          <DisksSection detail={host} />
          <NetworkSection detail={host} />
          <SensorsSection detail={host} />
          <ServicesSection detail={host} />
          <SourcesSection detail={host} />
        </>
      )}
    </main>
  );
}

function SubNav({ detail: host }: { readonly detail: HostDetail }): JSX.Element {
  return (
    <nav class="subnav" aria-label="On this page">
      {PLACES.filter(([, , source]) => source === undefined || isHere(host, source)).map(([id, title]) => (
        <a key={id} href={`#${id}`}>
          {title}
        </a>
      ))}
      <span class="push" />
      <Segmented label="Time range" options={RANGES} chosen={range.value} onChoose={chooseRange} />
    </nav>
  );
}

/** [ and ] go through the hosts in the order of the fleet; 1 to 4 choose the range of the charts. */
function useHostKeys(name: string | undefined): void {
  useEffect(() => {
    const go = (by: number): void => {
      const names = worstFirstNames.peek();
      const next = names[names.indexOf(name ?? '') + by];
      if (next !== undefined) location.assign(hostPath(next));
    };
    const ranges = RANGES.map(({ value }, index) => [String(index + 1), () => chooseRange(value)] as const);
    return bindKeys({ '[': () => go(-1), ']': () => go(1), ...Object.fromEntries(ranges) });
  }, [name]);
}
