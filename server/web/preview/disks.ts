import type { SmartDisk } from '@proxmox-monitor/protocol';

const HOUR_MS = 3_600_000;
const TB = 1e12;

/** Disks as smartctl tells of them: of each kind one, well and sick. */
export function smartDisks(atMs: number, names: readonly string[]): SmartDisk[] {
  const kinds = [ssd, ssdThatFails, hdd, hddWithGrowingErrors, sleeping, stuck];
  return [
    ...names.map((name, index) => {
      const make = kinds[index % kinds.length] ?? ssd;
      return make(name, atMs, index);
    }),
    behindController(atMs),
  ];
}

function base(name: string, atMs: number): SmartDisk {
  return {
    device: `/dev/${name}`,
    name,
    state: 'ok',
    readAtMs: atMs - 11 * 60_000,
    passed: true,
    counters: {},
    increases: [],
    failedAttributes: [],
    uses: [],
  };
}

function ssd(name: string, atMs: number, index: number): SmartDisk {
  return {
    ...base(name, atMs),
    protocol: 'NVMe',
    model: 'SAMSUNG MZ7L3960HCJR-00A07',
    serial: `S662NN0W31415${8 + index}`,
    firmware: 'JXTC204Q',
    sizeBytes: 960_197_124_096,
    rotationsPerMinute: 0,
    temperatureCelsius: 36,
    temperatureWarningCelsius: 70,
    temperatureCriticalCelsius: 80,
    powerOnHours: 31_204,
    powerCycles: 41,
    unsafeShutdowns: 7,
    wearPercent: 61,
    sparePercent: 100,
    spareThresholdPercent: 10,
    readBytes: 812 * TB,
    writtenBytes: 1_204 * TB,
    counters: { mediaErrors: 0 },
    errorLogEntries: 12,
    lastSelfTest: {
      type: 'Extended',
      passed: true,
      statusText: 'Completed without error',
      atPowerOnHours: 31_020,
    },
    uses: [{ kind: 'zfs', name: 'rpool', part: 'mirror-0' }],
  };
}

function ssdThatFails(name: string, atMs: number, index: number): SmartDisk {
  return {
    ...ssd(name, atMs, index),
    passed: false,
    criticalWarnings: ['the spare blocks are used up', 'the memory is read only'],
    temperatureCelsius: 74,
    wearPercent: 104,
    sparePercent: 3,
    counters: { mediaErrors: 14 },
    increases: [{ counter: 'mediaErrors', from: 2, to: 14, grewAtMs: atMs - 3 * HOUR_MS }],
    lastSelfTest: {
      type: 'Short',
      passed: false,
      statusText: 'Completed: failed segments',
      atPowerOnHours: 31_190,
    },
    uses: [
      { kind: 'zfs', name: 'rpool', part: 'mirror-0' },
      { kind: 'lvm', name: 'pve' },
      { kind: 'swap', name: 'swap' },
    ],
  };
}

function hdd(name: string, atMs: number, index: number): SmartDisk {
  return {
    ...base(name, atMs),
    protocol: 'ATA',
    model: 'ST16000NM001G-2KK103',
    serial: `ZL2A1QK${index}`,
    wwn: '0x5000c500c8e1f2a4',
    firmware: 'SN03',
    sizeBytes: 16_000_900_661_248,
    rotationsPerMinute: 7_200,
    temperatureCelsius: 41,
    temperatureCriticalCelsius: 60,
    powerOnHours: 24_110,
    powerCycles: 19,
    counters: {
      reallocatedSectors: 8,
      pendingSectors: 0,
      offlineUncorrectableSectors: 0,
      interfaceCrcErrors: 0,
    },
    lastSelfTest: { type: 'Extended offline', statusText: 'Self-test routine in progress' },
    uses: [{ kind: 'zfs', name: 'tank', part: 'raidz2-0' }],
  };
}

function hddWithGrowingErrors(name: string, atMs: number, index: number): SmartDisk {
  return {
    ...hdd(name, atMs, index),
    counters: { reallocatedSectors: 1_208, pendingSectors: 16, interfaceCrcErrors: 3 },
    increases: [
      { counter: 'reallocatedSectors', from: 8, to: 1_208, grewAtMs: atMs - 26 * HOUR_MS },
      { counter: 'pendingSectors', from: 0, to: 16, grewAtMs: atMs - 26 * HOUR_MS },
      { counter: 'interfaceCrcErrors', from: 1, to: 3, grewAtMs: atMs - 900 * HOUR_MS },
    ],
    failedAttributes: [{ id: 190, name: 'Airflow_Temperature_Cel', value: 55, threshold: 45, when: 'past' }],
  };
}

function sleeping(name: string, atMs: number, index: number): SmartDisk {
  return { ...hdd(name, atMs, index), state: 'sleeping', readAtMs: atMs - 9 * HOUR_MS, uses: [] };
}

function stuck(name: string, atMs: number): SmartDisk {
  const { passed: _, readAtMs: __, ...rest } = base(name, atMs);
  return { ...rest, state: 'stuck', reason: 'no answer in 30 s' };
}

function behindController(atMs: number): SmartDisk {
  const { name: _, ...disk } = hdd('sda', atMs, 9);
  return {
    ...disk,
    device: '/dev/bus/0',
    deviceType: 'megaraid,3',
    protocol: 'SCSI',
    model: 'HGST HUC101860CSS204',
    counters: { grownDefects: 2, uncorrectedReadErrors: 0 },
    uses: [],
  };
}
