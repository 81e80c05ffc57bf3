import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';
import type { Shown } from '../../machine/timed-watch.ts';
import type { HostDocuments } from '../../machine/watched-host.ts';

/** Two programs of ZFS one after the other take an emulated processor two seconds, on a busy machine more. */
const EMULATION_SECONDS = 4;
/** The kernel's states of pools are looked at with every sample. */
export const TICK_SECONDS = 10 + EMULATION_SECONDS;
/** What they do not tell is looked at every minute. */
export const POOLS_SECONDS = 60 + EMULATION_SECONDS;
export const DATASETS_SECONDS = 5 * 60 + EMULATION_SECONDS;

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

/** ZFS notices some seconds later that a disk is gone, and only then is there something to show. */
export function untilKernelSays(pool: string, state: string): string {
  return `timeout 60 sh -c 'until grep -q ${state} /proc/spl/kstat/zfs/${pool}/state; do sleep 0.2; done'`;
}

/** Takes a SCSI or ATA disk away from under whatever uses it. */
export function pull(path: string): string {
  return `echo 1 > /sys/block/$(basename $(readlink -f ${path}))/device/delete`;
}

/** Has all controllers look for disks again. */
export const plugAll =
  'for host in /sys/class/scsi_host/*/scan; do echo "- - -" > $host; done; udevadm settle';
