import type { Documents, PveNodeDocument, SmartDisk } from '@proxmox-monitor/protocol';
import type { Rates } from '../api/schema.ts';
import type { ThingKind } from '../history/things.ts';

/** What is known of one thing at one time. */
export interface ThingValues {
  readonly kind: ThingKind;
  readonly key: string;
  readonly name: string;
  /** Belongs to the cluster, not to this host alone. */
  readonly isOfCluster: boolean;
  /** By the metric's name; undefined where there is no value. */
  readonly values: Readonly<Record<string, number | undefined>>;
}

/** Documents that were looked at anew, and what was computed from them. */
export interface Seen {
  readonly documents: Documents;
  readonly rates: Rates;
}

/** The values of all that has a history but the host itself. */
export function thingValues({ documents, rates }: Seen): ThingValues[] {
  const { pveGuests, zfsPools, diskIo, smart, network, pveStorages, filesystems } = documents;
  return [
    ...guestValues(pveGuests, rates.guests),
    ...(zfsPools?.pools.map(({ guid, name, ...pool }) =>
      own('pool', guid ?? name, name, {
        allocatedBytes: pool.allocatedBytes,
        sizeBytes: pool.sizeBytes,
        fragmentationPercent: pool.fragmentationPercent,
      }),
    ) ?? []),
    ...diskValues(diskIo, smart, rates.disks),
    ...(network === undefined ? [] : rates.interfaces).map(({ name, ...rate }) =>
      own('nic', name, name, { ...rate }),
    ),
    ...(pveStorages?.storages.map(({ name, isShared, usedBytes, totalBytes }) => ({
      ...own('storage', name, name, { usedBytes, totalBytes }),
      isOfCluster: isShared,
    })) ?? []),
    ...(filesystems?.filesystems.map(({ mountPoint, usedBytes, sizeBytes }) =>
      own('filesystem', mountPoint, mountPoint, { usedBytes, sizeBytes }),
    ) ?? []),
  ];
}

/**
 * A text that is the same on all nodes of a cluster and on no other host: its name, and the name and address of its
 * oldest member. Undefined for a host that stands alone.
 */
export function clusterOf(node: PveNodeDocument | undefined): string | undefined {
  const cluster = node?.cluster;
  if (cluster === undefined) return undefined;
  const [oldest] = cluster.members.toSorted(
    (left, right) => (left.id ?? 0) - (right.id ?? 0) || left.name.localeCompare(right.name),
  );
  return [cluster.name, oldest?.name ?? '', oldest?.address ?? ''].join(' ');
}

function own(kind: ThingKind, key: string, name: string, values: ThingValues['values']): ThingValues {
  return { kind, key, name, values, isOfCluster: false };
}

/** A guest that does not run has no values: its line on the chart ends. */
function guestValues(document: Documents['pveGuests'], rates: Rates['guests']): ThingValues[] {
  const ratesOf = new Map(rates.map((rate) => [rate.vmid, rate]));
  const guests = document?.guests.filter(({ status, isTemplate }) => status !== 'stopped' && !isTemplate);
  return (guests ?? []).map((guest) => {
    const rate = ratesOf.get(guest.vmid);
    return {
      kind: 'guest',
      key: `${guest.type}/${guest.vmid}`,
      name: guest.name ?? String(guest.vmid),
      isOfCluster: true,
      values: {
        cpuPercent: guest.cpuPercent ?? rate?.cpuPercent,
        memoryUsedBytes: guest.memoryUsedBytes,
        memoryHostBytes: guest.memoryHostBytes,
        diskUsedBytes: guest.diskUsedBytes,
        diskReadBytesPerSecond: rate?.readBytesPerSecond,
        diskWriteBytesPerSecond: rate?.writeBytesPerSecond,
        networkReceiveBytesPerSecond: rate?.receiveBytesPerSecond,
        networkSendBytesPerSecond: rate?.sendBytesPerSecond,
      },
    };
  });
}

/** A disk is its serial number, wherever it is plugged in; two paths to one disk are told apart by their names. */
function diskValues(
  diskIo: Documents['diskIo'],
  smart: Documents['smart'],
  rates: Rates['disks'],
): ThingValues[] {
  const ratesOf = new Map(rates.map((rate) => [rate.name, rate]));
  const keys = new Set<string>();
  const keyOf = (serial: string | undefined, name: string): string => {
    const key = serial === undefined || keys.has(serial) ? `${serial ?? ''} ${name}`.trim() : serial;
    keys.add(key);
    return key;
  };
  const values = (diskIo?.disks ?? []).map(({ name, serial }) => {
    const { name: _, ...rate } = ratesOf.get(name) ?? { name };
    return own('disk', keyOf(serial, name), name, rate);
  });
  keys.clear();
  const read = smart?.disks.filter(({ state }) => state === 'ok') ?? [];
  const health = read.map((disk: SmartDisk) => {
    const name = disk.name ?? [disk.device, disk.deviceType].filter(Boolean).join(' ');
    const { temperatureCelsius, wearPercent } = disk;
    return own('disk', keyOf(disk.serial, name), name, { temperatureCelsius, wearPercent });
  });
  return [...values, ...health];
}
