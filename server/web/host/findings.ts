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
  const { pveNode, mdRaid, ceph, certificates, upkeep, services } = detail.documents;
  const hostNowMs = nowMs + (detail.clockSkewMs ?? 0);
  const findings: Finding[] = [];
  const add = (severity: Severity, place: string, sentence: string): number =>
    findings.push({ severity, place, sentence });

  if (pveNode?.body.cluster?.quorate === false) {
    add('crit', 'cluster', 'The cluster has no quorum: nothing can be started or changed.');
  }
  const offline = pveNode?.body.cluster?.members.filter(({ online }) => !online) ?? [];
  if (offline.length > 0) {
    add(
      'warn',
      'cluster',
      `${counted(offline.length, 'node')} of the cluster offline: ${named(offline.map(({ name }) => name))}.`,
    );
  }
  for (const { name, verdict } of diskRows(detail, nowMs)) {
    if (verdict?.severity !== 'crit' && verdict?.severity !== 'warn') continue;
    add(
      verdict.severity,
      'disks',
      `Disk ${isolated(name)}: ${verdict.text}. ${verdict.reasons[0] ?? ''}`.trim(),
    );
  }
  for (const array of mdRaid?.body.arrays ?? []) {
    const { severity, text, sentence = '' } = arrayState(array);
    if (severity !== 'ok')
      add(severity, 'raid', `RAID ${isolated(array.name)} is ${text}. ${sentence}`.trim());
  }
  for (const guest of detail.documents.pveGuests?.body.guests ?? []) {
    const { severity, text } = guestState(guest);
    if (severity === 'crit')
      add('crit', 'guests', `Guest ${guest.vmid} ${isolated(guest.name ?? '')}: ${text}.`);
  }
  const failed = guestBackupRows(detail).filter(({ severity }) => severity === 'crit');
  if (failed.length > 0) {
    add(
      'crit',
      'backups',
      `The last backup of ${counted(failed.length, 'guest')} failed: ${named(failed.map(({ vmid, guestName = '' }) => `${vmid} ${guestName}`.trim()))}.`,
    );
  }
  if (ceph !== undefined && ceph.body.health !== 'HEALTH_OK') {
    const first = ceph.body.checks.find(({ isMuted }) => !isMuted);
    add(
      cephSeverity(ceph.body.health),
      'ceph',
      `Ceph is ${ceph.body.health}${first === undefined ? '' : `: ${isolated(first.summary)}`}.`,
    );
  }
  for (const certificate of certificates?.body.certificates ?? []) {
    const { severity, text } = certificateState(certificate, hostNowMs);
    if (severity !== 'ok')
      add(severity, 'certificates', `Certificate ${isolated(certificate.path)}: ${text}.`);
  }
  const inactive = (detail.documents.pveStorages?.body.storages ?? []).filter(
    ({ isEnabled, isActive }) => isEnabled && isActive === false,
  );
  if (inactive.length > 0) {
    add(
      'warn',
      'storages',
      `${counted(inactive.length, 'storage')} inactive: ${named(inactive.map(({ name }) => name))}.`,
    );
  }
  for (const { vmid, target, failCount, isEnabled } of detail.documents.pveReplication?.body.jobs ?? []) {
    if (isEnabled && failCount > 0) {
      add(
        'crit',
        'replication',
        `Replication of ${vmid} to ${isolated(target)} failed ${counted(failCount, 'time')}.`,
      );
    }
  }
  const alarms =
    detail.documents.sensors === undefined
      ? []
      : sensorRows(detail.documents.sensors.body).filter(({ isHot }) => isHot);
  if (alarms.length > 0) {
    add(
      'warn',
      'sensors',
      `${counted(alarms.length, 'sensor')} beyond its limit: ${named(alarms.map(({ label, value }) => `${label} ${value}`))}.`,
    );
  }
  const helper = helperTrouble(detail);
  if (helper !== undefined) add(helper.severity, 'sources', helper.sentence);
  const units = services?.body.failed ?? [];
  if (units.length > 0) {
    add(
      'warn',
      'services',
      `${counted(units.length, 'unit')} failed: ${named(units.map(({ unit }) => unit))}.`,
    );
  }
  if (upkeep?.body.timeSync?.isSynchronized === false)
    add('warn', 'upkeep', 'Its clock is not synchronised.');
  const [reason] = upkeep?.body.rebootReasons ?? [];
  if (reason !== undefined) add('info', 'upkeep', `A reboot is needed: ${reason.replace(/\.$/, '')}.`);
  const { count = 0, securityCount = 0 } = upkeep?.body.updates ?? {};
  if (securityCount > 0)
    add('info', 'upkeep', `${counted(count, 'update')} waiting, ${securityCount} for security.`);
  // what was wrong before a host went silent may or may not be so still
  return detail.summary.state === 'silent'
    ? findings
        .filter(({ severity }) => severity !== 'info')
        .map((finding) => ({ ...finding, severity: 'silent', sentence: `Last known: ${finding.sentence}` }))
    : findings;
}

/** "a, b, c, and 4 more" */
function named(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).map(isolated).join(', ') + (more > 0 ? `, and ${more} more` : '');
}
