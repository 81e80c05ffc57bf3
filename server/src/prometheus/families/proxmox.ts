import type { PveGuest } from '@proxmox-monitor/protocol';
import { type Family, labels, of, type Point, ratio, seconds, states, yesNo } from '../family.ts';

const GUEST_STATES = ['running', 'stopped', 'paused', 'unknown'];
const CEPH_STATES = ['HEALTH_OK', 'HEALTH_WARN', 'HEALTH_ERR'];

/** A guest keeps its number over its names. */
function idOf({ vmid, type }: PveGuest) {
  return { vmid: String(vmid), type };
}

function guest(
  name: string,
  help: string,
  value: (guest: PveGuest) => number | undefined,
  type: Family['type'] = 'gauge',
): Family {
  return of('pveGuests', {
    name: `guest_${name}`,
    type,
    help,
    points: ({ guests }) => guests.map((each): Point => [idOf(each), value(each)]),
  });
}

export const PROXMOX: readonly Family[] = [
  of('pveNode', {
    name: 'node',
    type: 'info',
    help: 'Name of the node, its cluster, and the version of Proxmox VE.',
    points: ({ nodeName, version, cluster }) => [
      [labels({ node: nodeName, cluster: cluster?.name, version }), 1],
    ],
  }),
  of('pveNode', {
    name: 'node_quorate',
    type: 'gauge',
    help: "Whether the node's cluster has a quorum.",
    points: ({ cluster }) => [[{}, yesNo(cluster?.quorate)]],
  }),
  of('pveGuests', {
    name: 'guest',
    type: 'info',
    help: 'Name, pool and tags of a guest.',
    points: ({ guests }) =>
      guests.map((each) => [
        { ...idOf(each), ...labels({ name: each.name, pool: each.pool, tags: each.tags?.join(',') }) },
        1,
      ]),
  }),
  of('pveGuests', {
    name: 'guest_state',
    type: 'gauge',
    help: 'State of a guest: 1 for the one that holds. Other states than the usual ones of QEMU are added.',
    points: ({ guests }) =>
      guests
        .filter(({ isTemplate }) => !isTemplate)
        .flatMap((each) => states(GUEST_STATES, each.status, idOf(each))),
  }),
  guest('cpus', 'CPUs of a guest.', ({ cpus }) => cpus),
  guest('cpu_ratio', 'Share of its own CPUs that a guest uses.', ({ cpuPercent }) => ratio(cpuPercent)),
  guest('memory_maximum_bytes', 'Memory of a guest.', ({ memoryMaximumBytes }) => memoryMaximumBytes),
  guest(
    'memory_used_bytes',
    'Memory that a guest uses, as it sees it.',
    ({ memoryUsedBytes }) => memoryUsedBytes,
  ),
  guest(
    'memory_host_bytes',
    'Memory that a guest takes of the host.',
    ({ memoryHostBytes }) => memoryHostBytes,
  ),
  guest('disk_maximum_bytes', 'Size of the disk of a guest.', ({ diskMaximumBytes }) => diskMaximumBytes),
  guest('disk_used_bytes', 'What is used of the disk of a container.', ({ diskUsedBytes }) => diskUsedBytes),
  guest('disk_read_bytes', 'Bytes that a guest read.', ({ diskReadBytes }) => diskReadBytes, 'counter'),
  guest(
    'disk_written_bytes',
    'Bytes that a guest wrote.',
    ({ diskWrittenBytes }) => diskWrittenBytes,
    'counter',
  ),
  guest(
    'network_receive_bytes',
    'Bytes that a guest received.',
    ({ networkReceivedBytes }) => networkReceivedBytes,
    'counter',
  ),
  guest(
    'network_transmit_bytes',
    'Bytes that a guest sent.',
    ({ networkSentBytes }) => networkSentBytes,
    'counter',
  ),
  guest('uptime_seconds', 'Time since a guest was started.', ({ uptimeSeconds }) => uptimeSeconds),
  of('pveGuestBackups', {
    name: 'guest_last_backup_timestamp_seconds',
    type: 'gauge',
    help: 'When the last good backup of a guest ended.',
    points: ({ guests }) =>
      guests.map(({ vmid, lastGoodAtMs }) => [{ vmid: String(vmid) }, seconds(lastGoodAtMs)]),
  }),
  of('pveGuestBackups', {
    name: 'guest_last_failed_backup_timestamp_seconds',
    type: 'gauge',
    help: 'When the last backup of a guest failed.',
    points: ({ guests }) =>
      guests.map(({ vmid, lastFailedAtMs }) => [{ vmid: String(vmid) }, seconds(lastFailedAtMs)]),
  }),
  of('pveGuestBackups', {
    name: 'guest_last_backup_size_bytes',
    type: 'gauge',
    help: 'Size of the last good backup of a guest.',
    points: ({ guests }) =>
      guests.map(({ vmid, lastGoodSizeBytes }) => [{ vmid: String(vmid) }, lastGoodSizeBytes]),
  }),
  of('pveBackups', {
    name: 'backup_uncovered_guests',
    type: 'gauge',
    help: 'Guests of the node that are in no enabled backup job.',
    points: ({ uncoveredGuests }) => [[{}, uncoveredGuests.length]],
  }),
  of('pveReplication', {
    name: 'replication_failures',
    type: 'gauge',
    help: 'How often a replication job has failed since it last succeeded.',
    points: ({ jobs }) =>
      jobs.map(({ id, vmid, target, failCount }) => [{ job: id, vmid: String(vmid), target }, failCount]),
  }),
  of('pveReplication', {
    name: 'replication_last_sync_timestamp_seconds',
    type: 'gauge',
    help: 'When a replication job last succeeded.',
    points: ({ jobs }) =>
      jobs.map(({ id, vmid, target, lastSyncAtMs }) => [
        { job: id, vmid: String(vmid), target },
        seconds(lastSyncAtMs),
      ]),
  }),
  of('pveStorages', {
    name: 'storage_active',
    type: 'gauge',
    help: 'Whether an enabled storage is active.',
    points: ({ storages }) =>
      storages
        .filter(({ isEnabled }) => isEnabled)
        .map(({ name, type, isActive }) => [{ storage: name, type }, yesNo(isActive)]),
  }),
  of('pveStorages', {
    name: 'storage_size_bytes',
    type: 'gauge',
    help: 'Size of a storage.',
    points: ({ storages }) =>
      storages.map(({ name, type, totalBytes }) => [{ storage: name, type }, totalBytes]),
  }),
  of('pveStorages', {
    name: 'storage_used_bytes',
    type: 'gauge',
    help: 'What is used of a storage.',
    points: ({ storages }) =>
      storages.map(({ name, type, usedBytes }) => [{ storage: name, type }, usedBytes]),
  }),
  of('pveTasks', {
    name: 'failed_tasks',
    type: 'gauge',
    help: 'Tasks of the node that failed within the last day.',
    points: ({ failed }) => [[{}, failed.length]],
  }),
  of('ceph', {
    name: 'ceph_health',
    type: 'gauge',
    help: "Health of the cluster's Ceph: 1 for the state that holds.",
    points: ({ health }) => states(CEPH_STATES, health),
  }),
  of('ceph', {
    name: 'ceph_osds',
    type: 'gauge',
    help: 'OSDs of Ceph.',
    points: ({ osds }) => [
      [{ kind: 'total' }, osds.total],
      [{ kind: 'up' }, osds.up],
      [{ kind: 'in' }, osds.in],
    ],
  }),
  of('ceph', {
    name: 'ceph_used_bytes',
    type: 'gauge',
    help: 'What is used of Ceph.',
    points: ({ usedBytes }) => [[{}, usedBytes]],
  }),
  of('ceph', {
    name: 'ceph_size_bytes',
    type: 'gauge',
    help: 'Size of Ceph.',
    points: ({ totalBytes }) => [[{}, totalBytes]],
  }),
];
