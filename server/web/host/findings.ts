import type { HostDetail, Severity } from '../../src/api/schema.ts';
import { isolated } from '../components/name.tsx';
import { arrayState } from '../disks/array-state.ts';
import { diskRows } from '../disks/disk-rows.ts';
import { counted } from '../format/number.ts';
import { cephSeverity } from '../proxmox/ceph-section.tsx';
import { guestBackupRows } from '../proxmox/guest-backup-rows.ts';
import { guestState } from '../proxmox/guest-state.ts';
import { certificateState } from '../upkeep/certificate-state.ts';
import { helperTrouble } from './helper-trouble.ts';
import { sensorRows } from './sensors-section.tsx';

/** Something on the page that wants attention, beyond the problems that the server counts. */
export interface Finding {
  readonly severity: Severity;
  readonly sentence: string;
  /** Id of the part of the page that has more of it. */
  readonly place: string;
}

/** How many things one sentence names. */
const NAMED = 3;

/**
 * What is wrong according to the documents, so that nobody has to read the whole page for it. What only rules can
 * say (how full is too full, how old too old) is not among it.
 */
export function findingsOf(detail: HostDetail, nowMs: number): Finding[] {
  const findings = FINDERS.flatMap((find) => find(detail, nowMs));
  if (detail.summary.state !== 'silent') return findings;
  // what was wrong before a host went silent may or may not be so still
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map((finding) => ({ ...finding, severity: 'silent', sentence: `Last known: ${finding.sentence}` }));
}

type Finder = (detail: HostDetail, nowMs: number) => Finding[];

const FINDERS: readonly Finder[] = [
  ofCluster,
  ofDisks,
  ofArrays,
  ofGuests,
  ofBackups,
  ofCeph,
  ofCertificates,
  ofStorages,
  ofReplication,
  ofSensors,
  ofHelper,
  ofServices,
  ofUpkeep,
];

function ofCluster({ documents }: HostDetail): Finding[] {
  const cluster = documents.pveNode?.body.cluster;
  if (cluster === undefined) return [];
  const offline = cluster.members.filter(({ online }) => !online).map(({ name }) => name);
  return [
    ...one(
      !cluster.quorate,
      'crit',
      'cluster',
      'The cluster has no quorum: nothing can be started or changed.',
    ),
    ...several(offline, 'warn', 'cluster', (count) => `${counted(count, 'node')} of the cluster offline`),
  ];
}

function ofDisks(detail: HostDetail, nowMs: number): Finding[] {
  return diskRows(detail, nowMs).flatMap(({ name, verdict }) => {
    if (verdict?.severity !== 'crit' && verdict?.severity !== 'warn') return [];
    const sentence = `Disk ${isolated(name)}: ${verdict.text}. ${verdict.reasons[0] ?? ''}`.trim();
    return [{ severity: verdict.severity, place: 'disks', sentence }];
  });
}

function ofArrays({ documents }: HostDetail): Finding[] {
  return (documents.mdRaid?.body.arrays ?? []).flatMap((array) => {
    const { severity, text, sentence = '' } = arrayState(array);
    return one(
      severity !== 'ok',
      severity,
      'raid',
      `RAID ${isolated(array.name)} is ${text}. ${sentence}`.trim(),
    );
  });
}

function ofGuests({ documents }: HostDetail): Finding[] {
  return (documents.pveGuests?.body.guests ?? []).flatMap((guest) => {
    const { severity, text } = guestState(guest);
    const name = isolated(guest.name ?? '');
    return one(severity === 'crit', 'crit', 'guests', `Guest ${guest.vmid} ${name}: ${text}.`);
  });
}

function ofBackups(detail: HostDetail): Finding[] {
  const failed = guestBackupRows(detail)
    .filter(({ severity }) => severity === 'crit')
    .map(({ vmid, guestName = '' }) => `${vmid} ${guestName}`.trim());
  return several(
    failed,
    'crit',
    'backups',
    (count) => `The last backup of ${counted(count, 'guest')} failed`,
  );
}

function ofCeph({ documents }: HostDetail): Finding[] {
  const ceph = documents.ceph?.body;
  if (ceph === undefined || ceph.health === 'HEALTH_OK') return [];
  const first = ceph.checks.find(({ isMuted }) => !isMuted);
  const why = first === undefined ? '' : `: ${isolated(first.summary)}`;
  return [{ severity: cephSeverity(ceph.health), place: 'ceph', sentence: `Ceph is ${ceph.health}${why}.` }];
}

function ofCertificates({ documents, clockSkewMs = 0 }: HostDetail, nowMs: number): Finding[] {
  return (documents.certificates?.body.certificates ?? []).flatMap((certificate) => {
    const { severity, text } = certificateState(certificate, nowMs + clockSkewMs);
    return one(
      severity !== 'ok',
      severity,
      'certificates',
      `Certificate ${isolated(certificate.path)}: ${text}.`,
    );
  });
}

function ofStorages({ documents }: HostDetail): Finding[] {
  const inactive = (documents.pveStorages?.body.storages ?? [])
    .filter(({ isEnabled, isActive }) => isEnabled && isActive === false)
    .map(({ name }) => name);
  return several(inactive, 'warn', 'storages', (count) => `${counted(count, 'storage')} inactive`);
}

function ofReplication({ documents }: HostDetail): Finding[] {
  const jobs = documents.pveReplication?.body.jobs ?? [];
  return jobs.flatMap(({ vmid, target, failCount, isEnabled }) => {
    const sentence = `Replication of ${vmid} to ${isolated(target)} failed ${counted(failCount, 'time')}.`;
    return one(isEnabled && failCount > 0, 'crit', 'replication', sentence);
  });
}

function ofSensors({ documents }: HostDetail): Finding[] {
  const rows = documents.sensors === undefined ? [] : sensorRows(documents.sensors.body);
  const hot = rows.filter(({ isHot }) => isHot).map(({ label, value }) => `${label} ${value}`);
  return several(hot, 'warn', 'sensors', (count) =>
    count === 1 ? '1 sensor is beyond its limit' : `${count} sensors are beyond their limits`,
  );
}

function ofHelper(detail: HostDetail): Finding[] {
  const trouble = helperTrouble(detail);
  return trouble === undefined ? [] : [{ ...trouble, place: 'sources' }];
}

function ofServices({ documents }: HostDetail): Finding[] {
  const units = (documents.services?.body.failed ?? []).map(({ unit }) => unit);
  return several(units, 'warn', 'services', (count) => `${counted(count, 'unit')} failed`);
}

function ofUpkeep({ documents }: HostDetail): Finding[] {
  const upkeep = documents.upkeep?.body;
  if (upkeep === undefined) return [];
  const [reason = ''] = upkeep.rebootReasons;
  const { count = 0, securityCount = 0 } = upkeep.updates ?? {};
  const updates = `${counted(count, 'update')} waiting, ${securityCount} for security.`;
  return [
    ...one(upkeep.timeSync?.isSynchronized === false, 'warn', 'upkeep', 'Its clock is not synchronised.'),
    ...one(reason !== '', 'info', 'upkeep', `A reboot is needed: ${reason.replace(/\.$/, '')}.`),
    ...one(securityCount > 0, 'info', 'upkeep', updates),
  ];
}

function one(isSo: boolean, severity: Severity, place: string, sentence: string): Finding[] {
  return isSo ? [{ severity, place, sentence }] : [];
}

/** "4 units failed: a, b, c, and 1 more." */
function several(
  names: readonly string[],
  severity: Severity,
  place: string,
  say: (count: number) => string,
): Finding[] {
  const more = names.length - NAMED;
  const list = names.slice(0, NAMED).map(isolated).join(', ') + (more > 0 ? `, and ${more} more` : '');
  return one(names.length > 0, severity, place, `${say(names.length)}: ${list}.`);
}
