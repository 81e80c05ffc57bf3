import { CPUS, type Disk, type Machine, NODE } from './machine.ts';

/** Files by path. */
export type Files = Readonly<Record<string, string>>;

/** What of /proc does not change while the host runs. */
export function standingProc(machine: Machine): Files {
  const cpu = (index: number): string =>
    [
      `processor\t: ${index}`,
      'vendor_id\t: GenuineIntel',
      'model name\t: Intel(R) Xeon(R) E-2388G CPU @ 3.20GHz',
      'cpu MHz\t\t: 3200.000',
      'cache size\t: 16384 KB',
      'physical id\t: 0',
      `core id\t\t: ${index}`,
      'flags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat clflush mmx fxsr sse sse2 ht vmx',
      '',
    ].join('\n');
  const pools = ['rpool', 'tank'].map((pool) => [`/proc/spl/kstat/zfs/${pool}/state`, 'ONLINE\n']);
  return {
    '/proc/cpuinfo': Array.from({ length: CPUS }, (_, index) => cpu(index)).join('\n'),
    '/proc/mdstat': 'Personalities : \nunused devices: <none>\n',
    '/proc/swaps': 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n',
    '/proc/version': 'Linux version 6.14.8-2-pve (build@proxmox) #1 SMP PREEMPT_DYNAMIC\n',
    '/proc/sys/kernel/hostname': `${NODE}\n`,
    '/proc/sys/kernel/osrelease': '6.14.8-2-pve\n',
    '/proc/sys/kernel/random/boot_id': '8f2c1a5e-53a0-4c44-9d0b-6a1f4c2f8a10\n',
    '/proc/filesystems': 'nodev\tproc\nnodev\tsysfs\nnodev\ttmpfs\n\text4\nnodev\tzfs\n',
    '/proc/sys/fs/file-nr': '9216\t0\t9223372036854775807\n',
    '/proc/net/sockstat':
      'sockets: used 812\nTCP: inuse 61 orphan 0 tw 9 alloc 88 mem 12\nUDP: inuse 8 mem 5\n',
    ...Object.fromEntries(pools),
    '/proc/partitions': `major minor  #blocks  name\n\n${machine.disks
      .map(({ name, sectors }, index) => `   8  ${index * 16} ${sectors / 2} ${name}`)
      .join('\n')}\n`,
  };
}

/** What of /proc changes all the time. */
export function livingProc(machine: Machine): Files {
  const { load, uptimeSeconds, cpu } = machine;
  const pressures = (['cpu', 'io', 'memory'] as const).map((kind) => [
    `/proc/pressure/${kind}`,
    pressure(machine, kind),
  ]);
  return {
    '/proc/stat': stat(machine),
    '/proc/meminfo': meminfo(machine),
    '/proc/vmstat': vmstat(machine),
    '/proc/loadavg': `${load.toFixed(2)} ${(load * 0.98).toFixed(2)} ${(load * 0.95).toFixed(2)} ${1 + Math.floor(load)}/1432 ${4_000_000 + Math.floor(uptimeSeconds)}\n`,
    '/proc/uptime': `${uptimeSeconds.toFixed(2)} ${(cpu.idle / 100).toFixed(2)}\n`,
    '/proc/diskstats': diskstats(machine),
    '/proc/net/dev': netDev(machine),
    '/proc/spl/kstat/zfs/arcstats': arcstats(machine),
    ...Object.fromEntries(pressures),
  };
}

function stat({ cpu, uptimeSeconds }: Machine): string {
  const line = (name: string, share: number): string =>
    [name, cpu.user, cpu.nice, cpu.system, cpu.idle, cpu.wait, 0, cpu.softIrq, 0, cpu.user * 0.7, 0]
      .map((value) => (typeof value === 'number' ? Math.floor(value * share) : value))
      .join(' ');
  const interrupts = Array.from({ length: 300 }, (_, index) =>
    index % 7 === 0 ? Math.floor(uptimeSeconds * (index + 1)) : 0,
  );
  return [
    line('cpu ', 1),
    ...Array.from({ length: CPUS }, (_, index) => line(`cpu${index}`, 1 / CPUS)),
    `intr ${Math.floor(uptimeSeconds * 9_000)} ${interrupts.join(' ')}`,
    `ctxt ${Math.floor(uptimeSeconds * 17_000)}`,
    'btime 1751000000',
    `processes ${4_000_000 + Math.floor(uptimeSeconds)}`,
    'procs_running 2',
    'procs_blocked 0',
    `softirq ${Math.floor(uptimeSeconds * 5_000)} 0 0 0 0 0 0 0 0 0 0`,
    '',
  ].join('\n');
}

function meminfo({ memoryTotal, memoryFree, cached }: Machine): string {
  const values: Record<string, number> = {
    MemTotal: memoryTotal,
    MemFree: memoryFree,
    MemAvailable: memoryFree + cached * 0.9,
    Buffers: 92_000_000,
    Cached: cached,
    SwapCached: 0,
    Active: cached * 2,
    Inactive: cached / 2,
    SwapTotal: 0,
    SwapFree: 0,
    Dirty: 3_000_000,
    Writeback: 0,
    AnonPages: 60e9,
    Mapped: 1e9,
    Shmem: 90_000_000,
    KReclaimable: 3e9,
    Slab: 9e9,
    SReclaimable: 3e9,
    SUnreclaim: 6e9,
    CommitLimit: 64e9,
    Committed_AS: 80e9,
  };
  return Object.entries(values)
    .map(([name, bytes]) => `${`${name}:`.padEnd(16)}${String(Math.floor(bytes / 1024)).padStart(8)} kB\n`)
    .join('');
}

function vmstat({ memoryFree, uptimeSeconds }: Machine): string {
  const growing = ['pgpgin', 'pgpgout', 'pgfault', 'pgalloc_normal', 'pgfree', 'pgactivate', 'pgdeactivate'];
  const still = ['pswpin', 'pswpout', 'oom_kill', 'pgmajfault', 'nr_dirty', 'nr_writeback', 'nr_unevictable'];
  const others = Array.from({ length: 130 }, (_, index) => `nr_other_${index} ${index * 1_234}`);
  return [
    `nr_free_pages ${memoryFree / 4096}`,
    ...growing.map((name, index) => `${name} ${Math.floor(uptimeSeconds * (index + 1) * 311)}`),
    ...still.map((name) => `${name} 0`),
    ...others,
    '',
  ].join('\n');
}

function pressure({ pressure: totals, random }: Machine, kind: 'cpu' | 'io' | 'memory'): string {
  const line = (name: string, total: number): string => {
    const recent = kind === 'memory' ? 0 : random.between(0, 0.6);
    return `${name} avg10=${recent.toFixed(2)} avg60=${(recent / 2).toFixed(2)} avg300=${(recent / 3).toFixed(2)} total=${total}\n`;
  };
  return line('some', totals[kind]) + line('full', Math.floor(kind === 'cpu' ? 0 : totals[kind] * 0.8));
}

function diskstats({ disks, guests, uptimeSeconds }: Machine): string {
  const line = (name: string, { reads, sectorsRead, writes, sectorsWritten, busyMs, waitMs }: Disk): string =>
    `   8       0 ${name} ${reads} 812 ${sectorsRead} ${waitMs >> 1} ${writes} 9123 ${sectorsWritten} ${waitMs >> 1} 0 ${busyMs} ${waitMs} 0 0 0 0 0 0`;
  const parts = (disk: Disk): string[] =>
    [1, 2, 3].map((part) => `${disk.name}${disk.name.startsWith('nvme') ? 'p' : ''}${part}`);
  const volumes = guests
    .filter(({ type }) => type === 'qemu')
    .map(({ diskRead, diskWritten }, index) => {
      const [read, written] = [Math.floor(diskRead / 512), Math.floor(diskWritten / 512)];
      return ` 230 ${index * 16} zd${index * 16} ${read >> 4} 0 ${read} 5123 ${written >> 4} 0 ${written} 91234 0 ${Math.floor(uptimeSeconds)} 0 0 0 0 0 0 0`;
    });
  const loops = Array.from(
    { length: 8 },
    (_, index) => `   7 ${index} loop${index} ${'0 '.repeat(17).trim()}`,
  );
  return [
    ...loops,
    ...disks.flatMap((disk) => [disk.name, ...parts(disk)].map((name) => line(name, disk))),
    ...volumes,
    '',
  ].join('\n');
}

function netDev({ interfaces }: Machine): string {
  const rows = [{ name: 'lo', received: 912_345, sent: 912_345 }, ...interfaces].map(
    ({ name, received, sent }) =>
      `${`${name}:`.padStart(11)} ${received} ${Math.floor(received / 812)} 0 0 0 0 0 0 ${sent} ${Math.floor(sent / 712)} 0 0 0 0 0 0`,
  );
  const heading = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
  ];
  return [...heading, ...rows, ''].join('\n');
}

function arcstats({ arc, memoryTotal, uptimeSeconds }: Machine): string {
  const known: Record<string, number> = {
    hits: arc.hits,
    misses: arc.misses,
    size: arc.size,
    c: arc.target,
    c_min: memoryTotal / 32,
    c_max: memoryTotal / 4,
    l2_size: 0,
    l2_hits: 0,
    l2_misses: 0,
    arc_meta_used: 4e9,
  };
  const others = Array.from({ length: 110 }, (_, index) => [`other_value_${index}`, index * 98_765] as const);
  const rows = [...Object.entries(known), ...others].map(
    ([name, value]) => `${name.padEnd(31)} 4    ${Math.floor(value)}\n`,
  );
  return `13 1 0x01 147 39984 5266997922 ${Math.floor(uptimeSeconds * 1e9)}\nname                            type data\n${rows.join('')}`;
}
