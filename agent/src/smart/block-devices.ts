import type { Host } from '../host.ts';

/** What is not a disk but made of disks, of files or of memory, or on another machine, or one path of several to a disk. */
const NOT_A_DISK =
  /^(loop|ram|dm-|zd|md|sr|fd|nbd|zram|drbd|rbd|bcache|nvme\d+c\d+n|mmcblk\d+(boot|rpmb|gp))/;
/** Disks of the machine that this one is a guest of, and cards: they have no SMART. */
const WITHOUT_SMART = [
  [/^vd[a-z]+$/, 'a virtio disk has no SMART; its host reads the real disk'],
  [/^xvd[a-z]+$/, 'a disk of Xen has no SMART; its host reads the real disk'],
  [/^mmcblk\d+$/, 'a memory card or eMMC has no SMART'],
  [/^pmem\d+/, 'persistent memory has no SMART'],
] as const;

const SECTOR_BYTES = 512;

/** A disk as the kernel has it. */
export interface BlockDevice {
  /** sda, nvme0n1 */
  readonly name: string;
  readonly sizeBytes: number;
  /** Changes when another disk takes the name. */
  readonly mark: string;
}

/** Disks of this host, sorted. A drive without a medium is none. */
export async function listBlockDevices(host: Host): Promise<BlockDevice[]> {
  const names = (await host.list('/sys/block')).filter((name) => !NOT_A_DISK.test(name));
  const devices = await Promise.all(
    names.map(async (name): Promise<BlockDevice> => {
      const [size, sequence] = await Promise.all(
        ['size', 'diskseq'].map((file) => host.read(`/sys/block/${name}/${file}`).catch(() => undefined)),
      );
      const sectors = /^\d{1,15}$/.test(size?.trim() ?? '') ? Number(size) : 0;
      return { name, sizeBytes: sectors * SECTOR_BYTES, mark: `${sectors} ${sequence?.trim() ?? ''}`.trim() };
    }),
  );
  return devices.filter(({ sizeBytes }) => sizeBytes > 0);
}

/** Why a disk need not be asked; undefined when it must be. */
export function whyNoSmart(name: string): string | undefined {
  return WITHOUT_SMART.find(([pattern]) => pattern.test(name))?.[1];
}

/** The controller of an NVMe namespace: nvme0 of nvme0n1. */
export function controllerOf(name: string): string | undefined {
  return /^(nvme\d+)n\d+$/.exec(name)?.[1];
}
