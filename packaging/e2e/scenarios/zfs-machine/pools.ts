import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';
import type { Shown } from '../../machine/timed-watch.ts';
import type { HostDocuments } from '../../machine/watched-host.ts';

/** A sample every 10 s, and what an emulated processor on a busy machine takes to make one. */
export const TICK_SECONDS = 20;
/** What the kernel's state of a pool does not tell is looked at every minute, on a tick. */
export const POOLS_SECONDS = 60 + TICK_SECONDS;
export const DATASETS_SECONDS = 5 * 60 + TICK_SECONDS;

/** That a pool is shown as `isSo` wants it. */
export function pool(name: string, withinSeconds: number, isSo: (pool: ZfsPool) => boolean): Shown {
  return {
    withinSeconds,
    isSo: (documents) => poolOf(documents, name) !== undefined && isSo(existing(documents, name)),
    show: (documents) => {
      const { vdevs = [], ...rest } = poolOf(documents, name) ?? {};
      return { ...rest, vdevs: vdevs.map((vdev) => `${vdev.class} ${vdev.name} ${vdev.state}`) };
    },
  };
}

function poolOf(documents: HostDocuments, name: string): ZfsPool | undefined {
  return documents.zfsPools?.body.pools.find((each) => each.name === name);
}

function existing(documents: HostDocuments, name: string): ZfsPool {
  const found = poolOf(documents, name);
  if (found === undefined) throw new Error(`no pool ${name}`);
  return found;
}

/** The device with this serial number in its name, where it is a device of a vdev and where it is a spare. */
export function device(of: ZfsPool, serial: string): Vdev | undefined {
  return of.vdevs.find(
    ({ name, path, class: group }) => `${name} ${path}`.includes(serial) && group !== 'spare',
  );
}

export function spare(of: ZfsPool): Vdev | undefined {
  return of.vdevs.find(({ class: group }) => group === 'spare');
}

/** Paths that the kernel's order of disks does not change. */
export const disk = {
  nvme: (serial: string) => `/dev/disk/by-id/nvme-QEMU_NVMe_Ctrl_${serial}`,
  ata: (serial: string) => `/dev/disk/by-id/ata-QEMU_HARDDISK_${serial}`,
  scsi: (serial: string) => `/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_${serial}`,
};

const SUSPEND_SCAN = '/sys/module/zfs/parameters/zfs_scan_suspend_progress';
export const freezeScan = `echo 1 > ${SUSPEND_SCAN}`;
export const releaseScan = `echo 0 > ${SUSPEND_SCAN}`;

/** Takes a SCSI or ATA disk away from under whatever uses it. */
export function pull(path: string): string {
  return `echo 1 > /sys/block/$(basename $(readlink -f ${path}))/device/delete`;
}

/** Has all controllers look for disks again. */
export const plugAll =
  'for host in /sys/class/scsi_host/*/scan; do echo "- - -" > $host; done; udevadm settle';
