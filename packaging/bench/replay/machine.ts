import { Random } from './random.ts';

/** A guest as pvestatd sees it. Counters grow from update to update as its load goes up and down. */
export interface Guest {
  readonly vmid: number;
  readonly type: 'qemu' | 'lxc';
  readonly name: string;
  readonly isRunning: boolean;
  readonly cpus: number;
  readonly memoryMaximum: number;
  readonly diskMaximum: number;
  /** Share of its CPUs. */
  load: number;
  memory: number;
  memoryHost: number;
  diskUsed: number;
  networkIn: number;
  networkOut: number;
  diskRead: number;
  diskWritten: number;
}

export interface Disk {
  readonly name: string;
  readonly model: string;
  readonly serial: string;
  readonly sectors: number;
  readonly pool: 'rpool' | 'tank';
  reads: number;
  sectorsRead: number;
  writes: number;
  sectorsWritten: number;
  busyMs: number;
  waitMs: number;
}

export interface Interface {
  readonly name: string;
  readonly kind: 'physical' | 'bond' | 'bridge' | 'vlan' | 'guest';
  /** Share of the host's traffic. */
  readonly share: number;
  received: number;
  sent: number;
}

/** A temperature that wanders; every other one of them stands still for minutes. */
export interface Sensor {
  readonly chip: string;
  readonly label: string;
  readonly kind: 'temp' | 'fan';
  value: number;
}

export const CPUS = 16;
export const NODE = 'pve1';
export const GIB = 1024 ** 3;
const TICKS_PER_SECOND = 100;

/**
 * A Proxmox VE host that lives: 30 guests, 2 pools, 8 disks. Every number of it that changes on a real host changes
 * here, by as much as it does on one that is used but not busy.
 */
export class Machine {
  readonly random = new Random(20);
  readonly guests: readonly Guest[];
  readonly disks: readonly Disk[];
  readonly interfaces: readonly Interface[];
  readonly sensors: readonly Sensor[];
  readonly memoryTotal = 128 * GIB;
  memoryFree = 22 * GIB;
  cached = 6 * GIB;
  load = 1.8;
  uptimeSeconds = 2_345_678;
  /** Ticks per mode, over all CPUs. */
  readonly cpu = {
    user: 91_234_567,
    nice: 12_345,
    system: 43_210_987,
    idle: 3_500_000_000,
    wait: 812_345,
    softIrq: 1_234_567,
  };
  readonly arc = { size: 31 * GIB, target: 32 * GIB, hits: 98_765_432_109, misses: 1_234_567_890 };
  readonly pressure = { cpu: 812_345_678, io: 92_345_678, memory: 1_234_567 };
  readonly pools = { rpool: 180 * GIB, tank: 7_300 * GIB };
  /** Busy times come and go over minutes, for all parts together. */
  #tide = 0;

  constructor() {
    const { random } = this;
    this.guests = Array.from({ length: 30 }, (_, index) => guest(index, random));
    this.disks = [
      ...['sda', 'sdb'].map((name) => disk(name, 'SAMSUNG MZ7L3480HCHQ-00A07', 937_703_088, 'rpool', random)),
      ...['sdc', 'sdd', 'sde', 'sdf'].map((name) =>
        disk(name, 'TOSHIBA MG08ACA16TE', 31_251_759_104, 'tank', random),
      ),
      ...['nvme0n1', 'nvme1n1'].map((name) =>
        disk(name, 'Micron_7450_MTFDKBA960TFR', 1_875_385_008, 'tank', random),
      ),
    ];
    this.interfaces = [
      ...([
        ['eno1', 'physical', 0.5],
        ['eno2', 'physical', 0.5],
        ['bond0', 'bond', 1],
        ['vmbr0', 'bridge', 0.9],
        ['vmbr1', 'bridge', 0.1],
        ['bond0.20', 'vlan', 0.2],
      ] as const),
      ...this.guests
        .filter(({ isRunning }) => isRunning)
        .flatMap(({ vmid, type }) =>
          (type === 'qemu' ? ['tap', 'fwbr', 'fwpr', 'fwln'] : ['veth']).map(
            (prefix) => [`${prefix}${vmid}${prefix === 'fwpr' ? 'p0' : 'i0'}`, 'guest', 0.03] as const,
          ),
        ),
    ].map(([name, kind, share]) => ({
      name,
      kind,
      share,
      received: random.whole(1e9, 1e13),
      sent: random.whole(1e9, 1e13),
    }));
    this.sensors = [
      ...Array.from({ length: 9 }, (_, core) =>
        sensor('coretemp', core === 0 ? 'Package id 0' : `Core ${core - 1}`, 46_000),
      ),
      ...['nvme0', 'nvme1'].flatMap((name) =>
        ['Composite', 'Sensor 1', 'Sensor 2'].map((label) => sensor(name, label, 41_850)),
      ),
      ...['sda', 'sdb', 'sdc', 'sdd', 'sde', 'sdf'].map((name) => sensor(`drivetemp-${name}`, '', 34_000)),
      ...['SYSTIN', 'CPUTIN', 'AUXTIN0'].map((label) => sensor('nct6775', label, 33_000)),
      ...Array.from({ length: 5 }, (_, fan) => ({
        chip: 'nct6775',
        label: `fan${fan + 1}`,
        kind: 'fan' as const,
        value: 1_100,
      })),
    ];
  }

  /** Lets time pass. */
  advance(seconds: number): void {
    const { random } = this;
    this.uptimeSeconds += seconds;
    this.#tide = this.#tide * 0.98 ** seconds + random.between(-0.2, 0.2);
    const busy = Math.max(0.2, 1 + this.#tide);
    this.load = Math.max(0.1, this.load + random.between(-0.1, 0.1));
    const ticks = seconds * TICKS_PER_SECOND;
    const working = Math.round(ticks * CPUS * Math.min(0.6, 0.08 * busy * random.between(0.8, 1.2)));
    this.cpu.user += Math.round(working * 0.6);
    this.cpu.system += Math.round(working * 0.3);
    this.cpu.softIrq += Math.round(working * 0.04);
    this.cpu.wait += Math.round(working * 0.06);
    this.cpu.idle += ticks * CPUS - working;
    this.memoryFree = page(this.memoryFree + random.between(-40, 40) * 1024 ** 2 * Math.sqrt(seconds));
    this.cached = page(this.cached + random.between(-4, 4) * 1024 ** 2);
    this.arc.size = Math.round(this.arc.size + random.between(-8, 8) * 1024 ** 2);
    this.arc.hits += Math.round(random.between(4_000, 9_000) * seconds * busy);
    this.arc.misses += Math.round(random.between(10, 60) * seconds * busy);
    this.pressure.cpu += Math.round(random.between(0, 4_000) * seconds * busy);
    this.pressure.io += Math.round(random.between(0, 9_000) * seconds * busy);
    for (const each of this.disks) this.#advanceDisk(each, seconds, busy);
    for (const each of this.interfaces) {
      each.received += Math.round(random.between(2e5, 2e6) * each.share * seconds * busy);
      each.sent += Math.round(random.between(2e5, 1e6) * each.share * seconds * busy);
    }
    for (const each of this.sensors) {
      if (each.kind === 'fan') each.value = Math.round(1_100 + random.between(-12, 12));
      else if (random.share() < 0.1 * seconds) each.value += random.whole(-1, 1) * 1_000;
    }
    this.pools.rpool = page(this.pools.rpool + random.between(-2, 2.2) * 1024 ** 2 * seconds);
    this.pools.tank = page(this.pools.tank + random.between(-3, 4) * 1024 ** 2 * seconds);
  }

  /** What pvestatd does every 10 s. */
  advanceGuests(seconds: number): void {
    const { random } = this;
    for (const each of this.guests) {
      if (!each.isRunning) continue;
      each.load = Math.min(1, Math.max(0.001, each.load * random.between(0.8, 1.25)));
      // Two of three guests have something to do at any time.
      const work = random.share() < 0.33 ? 0 : random.between(0.2, 2);
      each.memory = page(each.memory + random.between(-3, 3) * 1024 ** 2 * work);
      each.memoryHost = page(each.memoryHost + random.between(-1, 1) * 1024 ** 2 * work);
      each.networkIn += Math.round(random.between(200, 4e4) * seconds * (work + 0.01));
      each.networkOut += Math.round(random.between(100, 3e4) * seconds * (work + 0.01));
      each.diskWritten += 4096 * Math.round(random.between(1, 40) * seconds * (work + 0.1));
      each.diskRead += 4096 * Math.round(random.between(0, 6) * seconds * work);
      if (each.type === 'lxc') each.diskUsed += 4096 * random.whole(-20, 40);
    }
  }

  #advanceDisk(each: Disk, seconds: number, busy: number): void {
    const writes = Math.round(this.random.between(4, 40) * seconds * busy);
    const reads = Math.round(this.random.between(0, 12) * seconds * busy);
    each.writes += writes;
    each.sectorsWritten += writes * this.random.whole(16, 96);
    each.reads += reads;
    each.sectorsRead += reads * this.random.whole(16, 128);
    each.busyMs += Math.round((writes + reads) * this.random.between(0.3, 1.5));
    each.waitMs += Math.round((writes + reads) * this.random.between(0.5, 4));
  }
}

function guest(index: number, random: Random): Guest {
  const type = index < 21 ? 'qemu' : 'lxc';
  const memoryMaximum = (type === 'qemu' ? [2, 4, 8] : [1, 2])[index % (type === 'qemu' ? 3 : 2)] ?? 2;
  const roles = ['web', 'db', 'mail', 'build', 'files', 'proxy', 'monitor', 'desktop', 'dns', 'git'];
  return {
    vmid: type === 'qemu' ? 100 + index : 200 + index,
    type,
    name: `${roles[index % roles.length]}-${String(index + 1).padStart(2, '0')}`,
    isRunning: index !== 20 && index !== 29,
    cpus: [1, 2, 4][index % 3] ?? 2,
    memoryMaximum: memoryMaximum * GIB,
    diskMaximum: [16, 32, 64][index % 3] ?? 32,
    load: random.between(0.005, 0.2),
    memory: page(memoryMaximum * GIB * random.between(0.3, 0.8)),
    memoryHost: page(memoryMaximum * GIB * random.between(0.6, 1.02)),
    diskUsed: page(random.between(1, 12) * GIB),
    networkIn: random.whole(1e8, 1e12),
    networkOut: random.whole(1e8, 1e12),
    diskRead: 4096 * random.whole(1e5, 1e8),
    diskWritten: 4096 * random.whole(1e5, 1e8),
  };
}

function disk(name: string, model: string, sectors: number, pool: Disk['pool'], random: Random): Disk {
  const serial = Array.from(
    { length: 12 },
    () => '0123456789ABCDEFGHJKLMNPRSTUVWXYZ'[random.whole(0, 32)],
  ).join('');
  return {
    name,
    model,
    serial,
    sectors,
    pool,
    reads: random.whole(1e6, 1e8),
    sectorsRead: random.whole(1e8, 1e10),
    writes: random.whole(1e6, 1e9),
    sectorsWritten: random.whole(1e8, 1e11),
    busyMs: random.whole(1e7, 1e9),
    waitMs: random.whole(1e7, 1e9),
  };
}

function sensor(chip: string, label: string, value: number): Sensor {
  return { chip, label, kind: 'temp', value };
}

function page(bytes: number): number {
  return Math.round(bytes / 4096) * 4096;
}
