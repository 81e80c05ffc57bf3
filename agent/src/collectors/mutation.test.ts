import type { DocumentName } from '@proxmox-monitor/protocol';
import { describe, test } from 'vitest';
import { checkDocument } from '../checked-document.ts';
import { expectHoldsWhenDamaged, expectHonestWhenCut } from '../testing/mutation.ts';
import { recordedFile } from '../testing/recorded-host.ts';
import { parseCertificate } from './certificates.ts';
import { parseStat } from './cpu.ts';
import { parseDf } from './df.ts';
import { parseDiskstats } from './disk-io.ts';
import { parseCpuModel, parseOsRelease } from './facts.ts';
import { parseLoadavg } from './load.ts';
import { parseMdstat } from './md-raid.ts';
import { parseMemory } from './memory.ts';
import { localMounts, parseMountinfo } from './mountinfo.ts';
import { parseNetDev } from './network.ts';
import { parsePressure } from './pressure.ts';
import { placeOf } from './sensors.ts';
import { parseFailedUnits, parseServices } from './services.ts';
import { parseSwap } from './swap.ts';
import { parseUptime } from './uptime.ts';
import { parseArcstats } from './zfs-arc.ts';

const MEMINFO = `MemTotal:       32831920 kB
MemFree:         1843300 kB
MemAvailable:   14022140 kB
Buffers:          104856 kB
Cached:          9321140 kB
SwapTotal:       4194300 kB
SwapFree:        3155360 kB
Shmem:            593840 kB
`;
const ARCSTATS = `9 1 0x01 147 39984 5314250216 86400000000000
name type data
hits                            4    8772612
misses                          4    604635
c                               4    1643208777
c_min                           4    33554432
c_max                           4    8367976448
size                            4    1603939792
l2_size                         4    42
`;
const NET_DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
  eno1: 60600053  109378    0    0    0     0          0         0 44256546  121425    0    0    0     0       0          0
 vmbr0: 60600053  109378    0    0    0     0          0         0 44256546  121425    0    0    0     0       0          0
`;
const MOUNTINFO = `22 1 253:1 / / rw,relatime shared:1 - ext4 /dev/mapper/pve-root rw,errors=remount-ro
30 22 8:2 / /boot/efi rw,relatime shared:2 - vfat /dev/sda2 rw,fmask=0022
31 22 0:50 / /rpool/my\\040data rw,relatime shared:3 - zfs rpool/my\\040data rw,xattr
`;
const DF = `1B-blocks Used Avail Inodes IUsed Mounted on
270553174016 39756267520 69188026368 16777216 674699 /
500 10 490 0 0 /boot/efi
`;

interface Case {
  readonly name: string;
  readonly text: string;
  /** The document that the text gives; undefined when it is not one of its own. */
  readonly parse: (
    text: string,
  ) => { readonly name: DocumentName; readonly document: unknown } | object | undefined;
  /** False where a text without its end cannot be told from a whole one, and no number is in it. */
  readonly hasMarkedEnd?: false;
}

const CASES: readonly Case[] = [
  {
    name: '/proc/stat',
    text: recordedFile('pve9-cluster/proc/stat'),
    parse: (text) => ({ name: 'cpu', document: parseStat(text) }),
  },
  {
    name: '/proc/loadavg',
    text: '0.21 0.37 0.39 1/719 19737\n',
    parse: (text) => ({ name: 'load', document: parseLoadavg(text) }),
  },
  {
    name: '/proc/meminfo',
    text: MEMINFO,
    parse: (text) => ({ name: 'memory', document: parseMemory(text, ARCSTATS) }),
  },
  {
    name: 'arcstats beside /proc/meminfo',
    text: ARCSTATS,
    parse: (text) => ({ name: 'memory', document: parseMemory(MEMINFO, text) }),
  },
  {
    name: 'arcstats',
    text: ARCSTATS,
    parse: (text) => ({ name: 'zfsArc', document: parseArcstats(text) }),
  },
  {
    name: '/proc/meminfo for swap',
    text: MEMINFO,
    parse: (text) => ({ name: 'swap', document: parseSwap(text, '') }),
  },
  {
    name: '/proc/vmstat',
    text: 'pgpgin 7344136\npswpin 1476\npswpout 35045\noom_kill 3\n',
    parse: (text) => ({ name: 'swap', document: parseSwap(MEMINFO, text) }),
  },
  {
    name: '/proc/uptime',
    text: '350735.47 234388.90\n',
    parse: (text) => ({ name: 'uptime', document: { uptimeSeconds: parseUptime(text) } }),
  },
  {
    name: '/proc/pressure/io',
    text: 'some avg10=0.18 avg60=0.34 avg300=0.10 total=159886802\nfull avg10=0.18 avg60=0.34 avg300=0.10 total=159229614\n',
    parse: (text) => ({ name: 'pressure', document: { io: parsePressure(text) } }),
  },
  {
    name: '/proc/diskstats',
    text: '   8       0 sda 100 5 2000 30 200 7 4000 60 1 90 95\n   8       1 sda1 1 2 3 4 5 6 7 8 9 10 11\n',
    parse: (text) => ({ name: 'diskIo', document: { disks: parseDiskstats(text) } }),
  },
  {
    name: '/proc/net/dev',
    text: NET_DEV,
    parse: (text) => ({
      name: 'network',
      document: { interfaces: parseNetDev(text).map((counters) => ({ ...counters, kind: 'other' })) },
    }),
  },
  { name: 'mountinfo', text: MOUNTINFO, parse: (text) => localMounts(parseMountinfo(text)) },
  {
    name: 'df',
    text: DF,
    parse: (text) => {
      const filesystems = [...parseDf(text)].map(([mountPoint, { inodes: _, inodesUsed: __, ...bytes }]) => ({
        mountPoint: mountPoint.slice(0, 256),
        device: 'x',
        type: 'ext4',
        readOnly: false,
        ...bytes,
      }));
      return { name: 'filesystems', document: { filesystems } };
    },
  },
  {
    name: 'os-release',
    text: 'PRETTY_NAME="Debian GNU/Linux 13"\n',
    parse: (text) => [parseOsRelease(text)],
    hasMarkedEnd: false,
  },
  {
    name: 'cpuinfo',
    text: 'processor\t: 0\nmodel name\t: AMD EPYC\n',
    parse: (text) => [parseCpuModel(text)],
    hasMarkedEnd: false,
  },
  {
    name: '/proc/mdstat',
    text: recordedFile('debian-mdraid/proc/mdstat'),
    parse: (text) => ({ name: 'mdRaid', document: { arrays: parseMdstat(text) } }),
  },
  {
    name: 'systemctl list-units --failed',
    text: recordedFile('pve8-degraded/recorded/systemctl/failed.txt'),
    parse: (text) => ({ name: 'services', document: { failed: parseFailedUnits(text), services: [] } }),
  },
  {
    name: 'systemctl show',
    text: recordedFile('pve8-degraded/recorded/systemctl/show.txt'),
    parse: (text) => ({ name: 'services', document: { failed: [], services: parseServices(text, true) } }),
  },
  {
    name: 'a certificate',
    text: recordedFile('pbs/etc/proxmox-backup/proxy.pem'),
    parse: (text) => ({
      name: 'certificates',
      document: { certificates: [parseCertificate('/x.pem', text)] },
    }),
  },
  {
    name: "a link of the kernel's sensors",
    text: '../../devices/pci0000:00/0000:00:1d.0/0000:04:00.0/nvme/nvme0/hwmon/hwmon3',
    parse: (text) => [placeOf(text)],
    hasMarkedEnd: false,
  },
];

const ROUNDS = 600;

function checked({ parse }: Case, text: string): unknown {
  const parsed = parse(text);
  if (parsed !== undefined && 'document' in parsed) checkDocument(parsed.name, parsed.document);
  return parsed;
}

describe('what is damaged gives a document that is valid or a ParseError', () => {
  test.each(CASES)('$name', (entry) => {
    expectHoldsWhenDamaged(entry.name, entry.text, (text) => checked(entry, text), ROUNDS);
  });
});

describe('what is cut off gives nothing that is not there in the whole of', () => {
  test.each(CASES.filter(({ hasMarkedEnd }) => hasMarkedEnd !== false))('$name', (entry) => {
    expectHonestWhenCut(entry.text, (text) => checked(entry, text));
  });
});
