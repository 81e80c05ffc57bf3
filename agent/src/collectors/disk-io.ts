import { type DiskIoDocument, LIMITS } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ParseError } from '../errors.ts';
import type { Host } from '../host.ts';
import { wholeLines } from '../lines.ts';
import { remembered } from './remembered.ts';

type Disk = DiskIoDocument['disks'][number];

/** Unit of sectors in /proc/diskstats and /sys/block, whatever the disk's own are. */
const SECTOR_BYTES = 512;
/** What is not a disk but made of disks, of files or of memory, or one path of several to a disk. */
const NOT_A_DISK =
  /^(loop|ram|dm-|zd|md|sr|fd|nbd|zram|drbd|rbd|bcache|nvme\d+c\d+n|mmcblk\d+(boot|rpmb|gp))/;
/** After the name of a disk that ends in a digit the kernel puts a `p` before the number. */
const PARTITION = /^((sd|vd|xvd|hd)[a-z]+\d+|.*\dp\d+)$/;
/** How long model and serial of a disk are believed: another may be put in its place. */
const IDENTITY_MS = 5 * 60 * 1000;

type Identity = Pick<Disk, 'sizeBytes' | 'model' | 'serial'>;

export const diskIo: Collector<'diskIo'> = {
  name: 'diskIo',
  everyMs: 10_000,
  timeoutMs: 2_000,
  async collect(host) {
    const text = await host.read('/proc/diskstats');
    if (text === undefined) return absent('no /proc/diskstats');
    const disks = parseDiskstats(text);
    if (disks.length === 0) return absent('no disk of its own');
    return {
      disks: await Promise.all(
        disks.map(async (disk) => ({ ...disk, ...(await identityOf(host, disk.name)) })),
      ),
    };
  },
};

/**
 * Parses /proc/diskstats: whole disks only. Per line: major, minor, name, then reads, reads merged,
 * sectors read, ms reading, the same for writes, requests in flight, ms busy, ms waited by all requests;
 * later kernels add more. Format: Documentation/admin-guide/iostats.rst.
 * @throws ParseError
 */
export function parseDiskstats(text: string): Disk[] {
  const disks: Disk[] = [];
  for (const line of wholeLines('/proc/diskstats', text)) {
    const fields = line.trim().split(/ +/);
    const name = fields[2];
    if (name === undefined || NOT_A_DISK.test(name) || PARTITION.test(name)) continue;
    const number = (index: number): number => {
      const field = fields[index] ?? '';
      if (!/^\d{1,20}$/.test(field))
        throw new ParseError(`/proc/diskstats has "${field.slice(0, 40)}" for ${name.slice(0, 40)}`);
      return Number(field);
    };
    disks.push({
      name,
      readBytes: number(5) * SECTOR_BYTES,
      writtenBytes: number(9) * SECTOR_BYTES,
      readOperations: number(3),
      writeOperations: number(7),
      busyMs: number(12),
      waitMs: number(13),
    });
  }
  return disks.slice(0, LIMITS.listLength);
}

const identityOf = remembered(IDENTITY_MS, readIdentity);

async function readIdentity(host: Host, name: string): Promise<Identity> {
  // The kernel writes the slash of old names such as cciss/c0d0 as an exclamation mark there.
  const folder = `/sys/block/${name.replaceAll('/', '!')}`;
  const read = async (file: string, headingBytes = 0): Promise<string | undefined> => {
    try {
      return printable((await host.read(`${folder}/${file}`))?.slice(headingBytes));
    } catch {
      // Not every driver answers every file; the figures of the disk do not depend on it.
      return undefined;
    }
  };
  const [sectors, model, ...serials] = await Promise.all([
    read('size'),
    read('device/model'),
    read('device/serial'),
    read('serial'),
    // A page of SCSI: four bytes of heading, then the serial.
    read('device/vpd_pg80', 4),
  ]);
  const serial = serials.find((candidate) => candidate !== undefined);
  return {
    ...(sectors !== undefined && /^\d{1,15}$/.test(sectors)
      ? { sizeBytes: Number(sectors) * SECTOR_BYTES }
      : {}),
    ...(model === undefined ? {} : { model }),
    ...(serial === undefined ? {} : { serial }),
  };
}

/** Printable ASCII of it: the disk says what it likes, and pads it. */
function printable(text: string | undefined): string | undefined {
  const trimmed =
    text
      ?.replace(/[^\x20-\x7e]/g, '')
      .trim()
      .slice(0, LIMITS.nameLength) ?? '';
  return trimmed === '' ? undefined : trimmed;
}
