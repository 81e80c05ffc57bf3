import { describe, expect, test } from 'vitest';
import { deviceOf, localMounts, parseMountinfo, visibleMounts } from './mountinfo.ts';

/** A line with device number, root, mount point, type, source and options of the superblock. */
const line = (
  device: string,
  root: string,
  mountPoint: string,
  type: string,
  source: string,
  superOptions = 'rw',
): string =>
  `36 35 ${device} ${root} ${mountPoint} rw,noatime shared:1 - ${type} ${source} ${superOptions}\n`;

const mountPoints = (text: string): string[] =>
  localMounts(parseMountinfo(text)).map(({ mountPoint }) => mountPoint);

describe('a line of mountinfo', () => {
  test('tells device, root, mount point, type and source', () => {
    expect(parseMountinfo(line('98:0', '/mnt1', '/mnt2', 'ext4', '/dev/sda1'))).toEqual([
      {
        deviceNumber: '98:0',
        root: '/mnt1',
        mountPoint: '/mnt2',
        type: 'ext4',
        source: '/dev/sda1',
        readOnly: false,
      },
    ]);
  });

  test.each([
    ['no optional fields', '36 35 98:0 / /a rw - ext4 /dev/sda1 rw'],
    ['several optional fields', '36 35 98:0 / /a rw shared:7 master:2 propagate_from:3 - ext4 /dev/sda1 rw'],
  ])('may have %s', (_, text) => {
    expect(parseMountinfo(text)).toMatchObject([{ mountPoint: '/a', type: 'ext4' }]);
  });

  test('writes spaces, tabs, line breaks and backslashes in octal', () => {
    const text = line('8:1', '/', '/mnt/a\\040b\\011c\\012d\\134e', 'zfs', 'my\\040pool/x');
    expect(parseMountinfo(text)).toMatchObject([{ mountPoint: '/mnt/a b\tc\nd\\e', source: 'my pool/x' }]);
  });

  test('may have no name of a device', () => {
    expect(parseMountinfo(line('8:1', '/', '/mnt', 'ext4', ''))).toMatchObject([{ source: 'none' }]);
  });

  test('says by its superblock whether it is read-only: in a sandbox every mount is', () => {
    const boxed = '36 35 98:0 / / ro,relatime - ext4 /dev/sda1 rw,errors=remount-ro\n';
    const failed = '36 35 98:0 / / rw,relatime - ext4 /dev/sda1 ro,errors=remount-ro\n';
    expect(parseMountinfo(boxed + failed).map(({ readOnly }) => readOnly)).toEqual([false, true]);
  });

  test.each(['', 'nonsense', '36 35 98:0 - ext4', '36 35 98:0 / /a rw - ext4'])(
    'that is %j is left out',
    (text) => {
      expect(parseMountinfo(text)).toEqual([]);
    },
  );
});

describe('local file systems', () => {
  test('are those on disks: none that a network, a program or memory stands behind', () => {
    const types = ['ext4', 'xfs', 'btrfs', 'vfat', 'nfs4', 'cifs', 'fuse', 'fuse.glusterfs', 'ceph', 'tmpfs'];
    const more = ['autofs', 'devtmpfs', 'overlay', 'squashfs', 'iso9660', 'proc', '9p', 'nsfs'];
    const text = [...types, ...more].map((type, at) =>
      line(`8:${at}`, '/', `/${type}`, type, `/dev/sd${at}`),
    );
    expect(mountPoints(text.join(''))).toEqual(['/ext4', '/xfs', '/btrfs', '/vfat']);
  });

  test('are shown once, at the shortest of their mount points, and not where a folder of them is bound', () => {
    const text =
      line('8:1', '/', '/var/lib/disk', 'ext4', '/dev/sda1') +
      line('8:1', '/', '/mnt', 'ext4', '/dev/sda1') +
      line('8:1', '/folder', '/a', 'ext4', '/dev/sda1') +
      line('0:40', '/@', '/', 'btrfs', '/dev/sda2') +
      line('0:41', '/@home', '/home', 'btrfs', '/dev/sda2');
    expect(mountPoints(text)).toEqual(['/mnt', '/']);
  });

  test('of ZFS are datasets, but neither the disks of containers nor snapshots', () => {
    const text =
      line('0:25', '/', '/', 'zfs', 'rpool/ROOT/pve-1') +
      line('0:50', '/', '/rpool', 'zfs', 'rpool') +
      line('0:51', '/', '/rpool/data', 'zfs', 'rpool/data') +
      line('0:52', '/', '/rpool/data/subvol-101-disk-0', 'zfs', 'rpool/data/subvol-101-disk-0') +
      line('0:53', '/', '/rpool/data/.zfs/snapshot/monday', 'zfs', 'rpool/data@monday', 'ro');
    expect(mountPoints(text)).toEqual(['/', '/rpool', '/rpool/data']);
  });

  test.each([
    ['overlay', 'overlay'],
    ['zfs', 'rpool/data/subvol-101-disk-0'],
    ['ext4', '/dev/mapper/pve-vm--101--disk--0'],
  ])('inside a container include its root on %s, and no file that was bound into it', (type, source) => {
    const text =
      line('0:99', '/', '/', type, source) + line('8:1', '/hosts', '/etc/hosts', 'ext4', '/dev/sda1');
    expect(mountPoints(text)).toEqual(['/']);
  });

  test('inside a container in a folder of a disk include its root', () => {
    expect(mountPoints(line('8:1', '/images/101/rootfs', '/', 'ext4', '/dev/sda1'))).toEqual(['/']);
  });
});

test('all datasets of a pool hang together, and all that is on one device', () => {
  const text =
    line('0:50', '/', '/rpool', 'zfs', 'rpool') +
    line('0:51', '/', '/rpool/data', 'zfs', 'rpool/data') +
    line('0:60', '/', '/tank', 'zfs', 'tank') +
    line('8:1', '/', '/mnt', 'ext4', '/dev/sda1');
  expect(parseMountinfo(text).map(deviceOf)).toEqual(['pool rpool', 'pool rpool', 'pool tank', '8:1']);
});

test('mounts that the own namespace covers or lacks are not seen as they are', () => {
  const all = parseMountinfo(
    line('8:1', '/', '/', 'ext4', '/dev/sda1') +
      line('8:2', '/', '/home', 'ext4', '/dev/sda2') +
      line('8:3', '/', '/srv', 'ext4', '/dev/sda3') +
      line('8:4', '/', '/new', 'ext4', '/dev/sda4'),
  );
  const own = parseMountinfo(
    line('8:1', '/', '/', 'ext4', '/dev/sda1') +
      line('8:2', '/', '/home', 'ext4', '/dev/sda2') +
      line('0:77', '/systemd/inaccessible/dir', '/home', 'tmpfs', 'tmpfs', 'ro') +
      line('8:3', '/', '/srv', 'ext4', '/dev/sda3'),
  );
  expect(visibleMounts(all, own).map(({ mountPoint }) => mountPoint)).toEqual(['/', '/srv']);
});
