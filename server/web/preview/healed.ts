import type { Documents } from '@proxmox-monitor/protocol';

const DAY_MS = 86_400_000;

/** The documents of a host on which all is as it should be: what is sick in the invented ones is made well. */
export function healed(documents: Documents, nowMs: number): Documents {
  const { smart, mdRaid, zfsDamagedFiles, pveNode, pveGuests, pveStorages, pveBackups } = documents;
  const { pveGuestBackups, pveReplication, pveTasks, sensors, services, upkeep, certificates, ceph } =
    documents;
  return {
    ...documents,
    ...(smart && { smart: { disks: smart.disks.filter(isWell) } }),
    ...(mdRaid && {
      mdRaid: {
        arrays: mdRaid.arrays.filter(({ devicesActive, devicesTotal }) => devicesActive === devicesTotal),
      },
    }),
    ...(zfsDamagedFiles && { zfsDamagedFiles: { pools: [] } }),
    ...(pveNode && { pveNode: quorate(pveNode) }),
    ...(pveGuests && {
      pveGuests: {
        guests: pveGuests.guests.map((guest) =>
          guest.status === 'running' || guest.status === 'stopped' ? guest : { ...guest, status: 'running' },
        ),
      },
    }),
    ...(pveStorages && {
      pveStorages: {
        storages: pveStorages.storages.map((storage) => ({
          ...storage,
          isActive: true,
          ...(storage.totalBytes === undefined
            ? {}
            : { usedBytes: Math.min(storage.usedBytes ?? 0, 0.6 * storage.totalBytes) }),
        })),
      },
    }),
    ...(pveBackups && {
      pveBackups: {
        ...pveBackups,
        uncoveredGuests: [],
        runs: pveBackups.runs.filter(({ result }) => result !== 'failed'),
      },
    }),
    ...(pveGuestBackups && {
      pveGuestBackups: {
        guests: pveGuestBackups.guests.map(({ lastFailedAtMs: _, lastFailedReason: __, ...guest }) => ({
          ...guest,
          lastGoodAtMs: nowMs - DAY_MS / 2,
        })),
      },
    }),
    ...(pveReplication && {
      pveReplication: {
        jobs: pveReplication.jobs.map(({ error: _, ...job }) => ({
          ...job,
          failCount: 0,
          lastSyncAtMs: nowMs - 60_000,
        })),
      },
    }),
    ...(pveTasks && { pveTasks: { ...pveTasks, failed: [] } }),
    ...(sensors && {
      sensors: {
        ...sensors,
        temperatures: sensors.temperatures.map((each) => ({
          ...each,
          celsius: Math.min(each.celsius, 52),
          isAlarm: false,
        })),
      },
    }),
    ...(services && {
      services: {
        failed: [],
        services: services.services.map((each) =>
          each.isExpected ? { ...each, activeState: 'active', subState: 'running' } : each,
        ),
      },
    }),
    ...(upkeep && {
      upkeep: {
        ...upkeep,
        timeSync: { isSynchronized: true, service: 'chrony' },
        ...(upkeep.updates && { updates: { ...upkeep.updates, listsAtMs: nowMs - DAY_MS / 4 } }),
      },
    }),
    ...(certificates && {
      certificates: {
        certificates: certificates.certificates.filter(
          ({ validFromMs, validToMs }) => validFromMs < nowMs && validToMs > nowMs + 90 * DAY_MS,
        ),
      },
    }),
    ...(ceph && { ceph: { ...ceph, health: 'HEALTH_OK', checks: [] } }),
  };
}

function isWell({
  state,
  passed,
  increases,
  failedAttributes,
  wearPercent,
}: NonNullable<Documents['smart']>['disks'][number]): boolean {
  return (
    (state === 'ok' || state === 'sleeping') &&
    passed !== false &&
    increases.length === 0 &&
    failedAttributes.length === 0 &&
    (wearPercent ?? 0) < 90
  );
}

function quorate(node: NonNullable<Documents['pveNode']>): NonNullable<Documents['pveNode']> {
  return {
    ...node,
    ...(node.cluster && {
      cluster: {
        ...node.cluster,
        quorate: true,
        members: node.cluster.members.map((member) => ({ ...member, online: true })),
      },
    }),
    ...(node.ha && {
      ha: { ...node.ha, nodes: node.ha.nodes.map((each) => ({ ...each, state: 'online' })) },
    }),
  };
}
