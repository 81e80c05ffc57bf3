import type { DocumentName } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { HostDetail } from '../../src/api/schema.ts';
import { ChartsSection } from '../charts/charts-section.tsx';
import { chooseRange, RANGES, range } from '../charts/range.ts';
import { IssueList } from '../components/issue-list.tsx';
import { Note } from '../components/note.tsx';
import { Segmented } from '../components/segmented.tsx';
import { DisksSection } from '../disks/disks-section.tsx';
import { RaidSection } from '../disks/raid-section.tsx';
import { BackupServerSection } from '../proxmox/backup-server-section.tsx';
import { BackupsSection } from '../proxmox/backups-section.tsx';
import { CephSection } from '../proxmox/ceph-section.tsx';
import { ClusterSection } from '../proxmox/cluster-section.tsx';
import { GuestsSection } from '../proxmox/guests-section.tsx';
import { ReplicationSection } from '../proxmox/replication-section.tsx';
import { StoragesSection } from '../proxmox/storages-section.tsx';
import { TasksSection } from '../proxmox/tasks-section.tsx';
import { bindKeys } from '../state/keys.ts';
import { detail, hostsByName, worstFirstNames } from '../state/store.ts';
import { CertificatesSection } from '../upkeep/certificates-section.tsx';
import { UpkeepSection } from '../upkeep/upkeep-section.tsx';
import { ZfsSection } from '../zfs/zfs-section.tsx';
import { FilesystemsSection } from './filesystems-section.tsx';
import { HostHeader } from './host-header.tsx';
import { hostPath } from './host-path.ts';
import { isHere } from './is-here.ts';
import { NetworkSection } from './network-section.tsx';
import { NowStrip } from './now-strip.tsx';
import { SensorsSection } from './sensors-section.tsx';
import { ServicesSection } from './services-section.tsx';
import { SourcesSection } from './sources-section.tsx';

interface Place {
  readonly id: string;
  readonly title: string;
  /** A host without it has no such part. */
  readonly source?: DocumentName;
}

const PLACES: readonly Place[] = [
  { id: 'charts', title: 'Charts' },
  { id: 'guests', title: 'Guests', source: 'pveGuests' },
  { id: 'zfs', title: 'ZFS' },
  { id: 'disks', title: 'Disks' },
  { id: 'raid', title: 'RAID', source: 'mdRaid' },
  { id: 'storages', title: 'Storages', source: 'pveStorages' },
  { id: 'backups', title: 'Backups', source: 'pveBackups' },
  { id: 'replication', title: 'Replication', source: 'pveReplication' },
  { id: 'cluster', title: 'Cluster', source: 'pveNode' },
  { id: 'ceph', title: 'Ceph', source: 'ceph' },
  { id: 'pbs', title: 'Backup server', source: 'pbs' },
  { id: 'filesystems', title: 'Filesystems' },
  { id: 'network', title: 'Network' },
  { id: 'sensors', title: 'Sensors', source: 'sensors' },
  { id: 'upkeep', title: 'Upkeep', source: 'upkeep' },
  { id: 'services', title: 'Services', source: 'services' },
  { id: 'sources', title: 'Sources' },
];

export function HostPage(): JSX.Element | null {
  const host = detail.value;
  useHostKeys(host?.summary.name);
  if (host === undefined) return null;
  const { name, state } = host.summary;
  const removed = hostsByName.value !== undefined && !hostsByName.value.has(name);
  const issues = host.summary.problems.map((problem) => ({ host: name, problem }));
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
          <DisksSection detail={host} />
          <RaidSection detail={host} />
          <StoragesSection detail={host} />
          <BackupsSection detail={host} />
          <ReplicationSection detail={host} />
          <TasksSection detail={host} />
          <ClusterSection detail={host} />
          <CephSection detail={host} />
          <BackupServerSection detail={host} />
          <FilesystemsSection detail={host} />
          <NetworkSection detail={host} />
          <SensorsSection detail={host} />
          <UpkeepSection detail={host} />
          <CertificatesSection detail={host} />
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
      <span class="places">
        {PLACES.filter((place) => isPlaceHere(place, host)).map(({ id, title }) => (
          <a key={id} href={`#${id}`}>
            {title}
          </a>
        ))}
      </span>
      <Segmented label="Time range" options={RANGES} chosen={range.value} onChoose={chooseRange} />
    </nav>
  );
}

function isPlaceHere({ id, source }: Place, host: HostDetail): boolean {
  if (source !== undefined && !isHere(host, source)) return false;
  const { cluster, ha } = host.documents.pveNode?.body ?? {};
  return id !== 'cluster' || cluster !== undefined || ha !== undefined;
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
