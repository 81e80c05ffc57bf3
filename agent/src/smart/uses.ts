import { type DiskUse, LIMITS, type ZfsPool } from '@proxmox-monitor/protocol';
import { type Mount, parseMountinfo } from '../collectors/mountinfo.ts';
import { given } from '../given.ts';
import type { Host } from '../host.ts';
import { poolStates } from '../zfs/pool-states.ts';
import { parseStatusText } from '../zfs/status-text.ts';

const SYS = '/sys/block';
const ZPOOL_TIMEOUT_MS = 10_000;
/** A disk under a partition under md under LUKS under LVM is five; more is a loop of damaged links. */
const MAX_DEPTH = 8;
const MAX_USES = 64;
/** Volumes of LVM that hold others; what counts is what is on top of them. */
const VOLUME = /^LVM-/;

/** Everything that is known of who uses block devices, read once for all disks. */
export interface UseMap {
  /** By the name of a block device: of a partition, a volume, an array. */
  readonly zfs: ReadonlyMap<string, readonly DiskUse[]>;
  readonly swap: ReadonlySet<string>;
  /** By `major:minor`, and by name for file systems whose number is their own. */
  readonly mounts: ReadonlyMap<string, string>;
  /** Of Ceph's OSDs, by the name of the volume that it is on. */
  readonly osds: ReadonlyMap<string, string>;
}

/** Never throws: what cannot be found out is missing, and the health of disks counts without it. */
export async function readUseMap(host: Host, signal: AbortSignal): Promise<UseMap> {
  const [mountinfo, swaps, zfs, osds] = await Promise.all([
    host.read('/proc/self/mountinfo').catch(() => undefined),
    host.read('/proc/swaps').catch(() => undefined),
    zfsUses(host, signal).catch(() => new Map<string, DiskUse[]>()),
    osdVolumes(host).catch(() => new Map<string, string>()),
  ]);
  return {
    zfs,
    osds,
    mounts: mountsByDevice(parseMountinfo(mountinfo ?? '')),
    swap: new Set(await Promise.all(swapPaths(swaps ?? '').map((path) => nodeOf(host, path)))),
  };
}

/** What the disk of a kernel name serves, through its partitions and whatever is made of them. */
export async function usesOf(host: Host, disk: string, map: UseMap): Promise<DiskUse[]> {
  const uses: DiskUse[] = [];
  const visited = new Set<string>();
  const visit = async (node: string, folder: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH || visited.has(node) || visited.size > LIMITS.listLength) return;
    visited.add(node);
    uses.push(...(map.zfs.get(node) ?? []), ...(await ownUses(host, node, folder, map)));
    const [holders, inside] = await Promise.all([
      host.list(`${folder}/holders`).catch(() => []),
      host.list(folder).catch(() => []),
    ]);
    for (const name of inside) {
      if (name.startsWith(node) && (await host.has(`${folder}/${name}/partition`))) {
        await visit(name, `${folder}/${name}`, depth + 1);
      }
    }
    for (const holder of holders) await visit(holder, `${SYS}/${holder}`, depth + 1);
  };
  await visit(disk, `${SYS}/${disk}`, 0);
  const distinct = new Map(uses.map((use) => [JSON.stringify(use), use]));
  return [...distinct.values()].slice(0, MAX_USES);
}

async function ownUses(host: Host, node: string, folder: string, map: UseMap): Promise<DiskUse[]> {
  const read = async (file: string): Promise<string | undefined> =>
    (await host.read(`${folder}/${file}`).catch(() => undefined))?.trim();
  const [number, dmName, dmUuid] = await Promise.all(['dev', 'dm/name', 'dm/uuid'].map(read));
  const uses: DiskUse[] = [];
  if (/^md\d/.test(node) && (await host.has(`${folder}/md`))) uses.push({ kind: 'md', name: node });
  if (dmName !== undefined && VOLUME.test(dmUuid ?? '')) {
    const { group, volume } = volumeOf(dmName);
    const osd = map.osds.get(volume);
    uses.push(osd === undefined ? { kind: 'lvm', name: nameOf(group) } : { kind: 'osd', name: osd });
  }
  const mount = map.mounts.get(number ?? '') ?? map.mounts.get(`/dev/${node}`);
  if (mount !== undefined) uses.push({ kind: 'mount', name: nameOf(mount) });
  if (map.swap.has(node)) uses.push({ kind: 'swap', name: nameOf(dmName ?? node) });
  return uses;
}

/** The device mapper writes a `-` of a name twice, and one between group and volume. */
export function volumeOf(dmName: string): { readonly group: string; readonly volume: string } {
  const [, group = dmName, volume = ''] = /^((?:[^-]|--)+)-(?!-)(.+)$/.exec(dmName) ?? [];
  return { group: group.replaceAll('--', '-'), volume: volume.replaceAll('--', '-') };
}

function nameOf(text: string): string {
  const name = text.slice(0, LIMITS.nameLength);
  return name === '' ? '?' : name;
}

/** Where the file system of a device is mounted; of several places the shortest. */
function mountsByDevice(mounts: readonly Mount[]): Map<string, string> {
  const places = new Map<string, string>();
  for (const { deviceNumber, source, mountPoint, root } of mounts) {
    if (root !== '/' && !source.startsWith('/dev/')) continue;
    for (const key of [deviceNumber, source]) {
      const known = places.get(key);
      if (known === undefined || mountPoint.length < known.length) places.set(key, mountPoint);
    }
  }
  return places;
}

function swapPaths(text: string): string[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => /^(\/dev\/\S{1,200})\s+partition\b/.exec(line)?.[1] ?? [])
    .slice(0, MAX_USES);
}

/** The kernel's name of a path below /dev: sda3 of /dev/disk/by-id/ata-…-part3. */
async function nodeOf(host: Host, path: string): Promise<string> {
  const target = await host.link(path).catch(() => undefined);
  return (target ?? path).split('/').at(-1) ?? path;
}

async function zfsUses(host: Host, signal: AbortSignal): Promise<Map<string, DiskUse[]>> {
  const uses = new Map<string, DiskUse[]>();
  if ((await poolStates(host)).size === 0) return uses;
  // With -P the names of devices are their whole paths, in all versions.
  const text = await host.run('zpool', ['status', '-P'], { timeoutMs: ZPOOL_TIMEOUT_MS, signal });
  for (const pool of parseStatusText(text)) {
    for (const { path, part } of devicesOf(pool)) {
      const node = await nodeOf(host, path);
      const use: DiskUse = { kind: 'zfs', name: pool.name, ...given({ part }) };
      uses.set(node, [...(uses.get(node) ?? []), use]);
    }
  }
  return uses;
}

/** Devices of a pool with the vdev that each belongs to: mirror-0, or the class when it stands alone in it. */
function devicesOf({ vdevs }: ZfsPool): { readonly path: string; readonly part: string | undefined }[] {
  const parents: string[] = [];
  return vdevs.flatMap(({ name, depth, class: group, formerPath }) => {
    parents[depth] = name;
    if (!name.startsWith('/dev/') || formerPath !== undefined) return [];
    const parent = depth > 1 ? parents[1] : undefined;
    return [{ path: name, part: parent ?? (group === 'normal' ? undefined : group) }];
  });
}

/** Volumes of Ceph's OSDs: /var/lib/ceph/osd/ceph-3/block leads to /dev/ceph-…/osd-block-…. */
async function osdVolumes(host: Host): Promise<Map<string, string>> {
  const volumes = new Map<string, string>();
  for (const folder of await host.list('/var/lib/ceph/osd')) {
    const id = /^[a-z0-9]{1,32}-(\d{1,9})$/.exec(folder)?.[1];
    const target = await host.link(`/var/lib/ceph/osd/${folder}/block`).catch(() => undefined);
    const volume = target?.split('/').at(-1);
    if (id !== undefined && volume !== undefined) volumes.set(volume, `osd.${id}`);
  }
  return volumes;
}
