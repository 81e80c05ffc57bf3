/** One mount of a mount namespace. */
export interface Mount {
  /** `major:minor` of the device; anonymous for ZFS and btrfs. */
  readonly deviceNumber: string;
  /** The folder of the file system that is mounted: `/`, or another for a bind mount. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  /** Device or dataset: `/dev/sda1`, `rpool/ROOT/pve-1`. */
  readonly source: string;
  /** Of the file system itself; the flags of the mount differ in a sandbox. */
  readonly readOnly: boolean;
}

/**
 * Parses /proc/PID/mountinfo: id, parent, major:minor, root, mount point, options, any number of optional
 * fields, `-`, type, source, options of the superblock. Spaces in names are written `\040`.
 * Lines that do not have that form are left out. Format: proc_pid_mountinfo(5).
 */
export function parseMountinfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const separator = line.indexOf(' - ');
    const [, , deviceNumber, root, mountPoint] = line.slice(0, separator).split(' ');
    const [type, source, superOptions] = line.slice(separator + 3).split(' ');
    if (separator < 0 || deviceNumber === undefined || root === undefined || mountPoint === undefined)
      continue;
    if (type === undefined || source === undefined || superOptions === undefined) continue;
    mounts.push({
      deviceNumber,
      root: unescaped(root),
      mountPoint: unescaped(mountPoint),
      type,
      // An empty name can be given to mount; the kernel itself writes "none" where there is no name at all.
      source: unescaped(source) || 'none',
      readOnly: superOptions.split(',').includes('ro'),
    });
  }
  return mounts;
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** File systems on disks of this host. Never one that another machine or a program answers for. */
const LOCAL = new Set([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'zfs',
  'vfat',
  'exfat',
  'f2fs',
  'bcachefs',
  'jfs',
  'reiserfs',
  'ntfs3',
]);
/** Disks of containers on ZFS: what is in them is their guest's, and shown with it. */
const GUEST_DATASET = /\/(subvol|basevol|vm|base)-\d+-/;
/** A snapshot that somebody looked into: `rpool/data@monday`. */
const SNAPSHOT = /@/;

/** What answers for a mount: a pool or a device. If it hangs, all that is mounted from it does. */
export function deviceOf(mount: Mount): string {
  return mount.type === 'zfs' ? `pool ${mount.source.split('/')[0]}` : mount.deviceNumber;
}

/**
 * The mounts worth measuring: local file systems, each once. Bind mounts show the same space again and are
 * left out; of several mounts of one file system the shortest path stands for all. A container's overlay is
 * its root.
 */
export function localMounts(mounts: readonly Mount[]): Mount[] {
  const byFilesystem = new Map<string, Mount>();
  for (const mount of mounts) {
    const isRoot = mount.mountPoint === '/';
    if (!LOCAL.has(mount.type) && !(isRoot && mount.type === 'overlay')) continue;
    if (mount.type === 'zfs' && SNAPSHOT.test(mount.source)) continue;
    if (mount.type === 'zfs' && !isRoot && GUEST_DATASET.test(mount.source)) continue;
    if (mount.root !== '/' && mount.type !== 'btrfs' && !isRoot) continue;
    const key = mount.type === 'btrfs' || mount.type === 'zfs' ? mount.source : mount.deviceNumber;
    const known = byFilesystem.get(key);
    if (known === undefined || mount.mountPoint.length < known.mountPoint.length)
      byFilesystem.set(key, mount);
  }
  return [...byFilesystem.values()];
}

/**
 * The mounts that the agent itself sees as they are. Its sandbox hides some and puts others in their
 * place: measured there, they would be reported as what they are not.
 */
export function visibleMounts(mounts: readonly Mount[], own: readonly Mount[]): Mount[] {
  // The last mount at a path is the one on top.
  const seen = new Map(own.map((mount) => [mount.mountPoint, mount.deviceNumber]));
  return mounts.filter(({ mountPoint, deviceNumber }) => seen.get(mountPoint) === deviceNumber);
}
