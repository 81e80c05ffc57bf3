import type { ZfsPool } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { readRunningTasks } from '../pve/tasks.ts';
import { runOnce } from '../run-once.ts';
import { readUseMap } from '../smart/uses.ts';
import { RecordedHost, thirdParty } from '../testing/recorded-host.ts';
import { poolStates } from '../zfs/pool-states.ts';
import { parseStatusText } from '../zfs/status-text.ts';
import { parseStat } from './cpu.ts';
import { parseDiskstats } from './disk-io.ts';
import { parseCpuModel } from './facts.ts';
import { parseLoadavg } from './load.ts';
import { parseMemory } from './memory.ts';
import { localMounts, parseMountinfo } from './mountinfo.ts';
import { parseNetDev } from './network.ts';
import { parsePressure } from './pressure.ts';
import { sensors } from './sensors.ts';
import { parseSwap } from './swap.ts';
import { parseUptime } from './uptime.ts';
import { parseArcstats } from './zfs-arc.ts';

/** What parsers make of files that other projects recorded on hosts of theirs. */
const CASES: readonly [path: string, parse: (text: string) => unknown, expected: unknown][] = [
  ['proc/node_exporter/stat', parseStat, expect.objectContaining({ logicalCpus: 8, userSeconds: 3018.54 })],
  [
    'proc/node_exporter/loadavg',
    parseLoadavg,
    { load1: 0.21, load5: 0.37, load15: 0.39, runnableTasks: 1, tasks: 719 },
  ],
  [
    'proc/node_exporter/meminfo',
    // Recorded on a kernel before 3.14.
    (text) => parseMemory(`MemAvailable: 1000 kB\n${text}`),
    expect.objectContaining({ totalBytes: 3_831_959_552, sharedBytes: 608_092_160 }),
  ],
  [
    'proc/node_exporter/vmstat',
    (text) => parseSwap('SwapTotal: 1 kB\nSwapFree: 1 kB\n', text),
    expect.objectContaining({ inBytes: 1476 * 4096, outBytes: 35_045 * 4096, oomKills: 0 }),
  ],
  [
    'proc/node_exporter/pressure_io',
    parsePressure,
    expect.objectContaining({ some: expect.objectContaining({ avg60Percent: 0.34 }) }),
  ],
  [
    'proc/node_exporter/pressure_cpu',
    parsePressure,
    expect.objectContaining({ some: expect.objectContaining({ totalMicroseconds: 14_036_781 }) }),
  ],
  [
    'proc/node_exporter/pressure_memory',
    parsePressure,
    {
      some: expect.objectContaining({ totalMicroseconds: 0 }),
      full: expect.objectContaining({ avg10Percent: 0 }),
    },
  ],
  [
    'proc/node_exporter/diskstats',
    (text) => parseDiskstats(text).map(({ name, readBytes }) => `${name} ${readBytes}`),
    [
      'sda 513713216512',
      'mmcblk0 798720',
      'vda 16727491584',
      'nvme0n1 2377714176',
      'sdb 4944782848',
      'sdc 848782848',
    ],
  ],
  [
    'proc/node_exporter/1_mountinfo',
    (text) => localMounts(parseMountinfo(text)).map(({ mountPoint, type }) => `${mountPoint} ${type}`),
    ['/ ext4', '/boot ext2', expect.stringMatching(/^\/var\/lib\/kubelet\/.{1,200}\[vsanDatastore\] /)],
  ],
  ['proc/node_exporter/cpuinfo', parseCpuModel, 'Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz'],
  [
    'proc/jc/net_dev',
    (text) => parseNetDev(text).map(({ name, receivedBytes }) => `${name} ${receivedBytes}`),
    ['ens33 60600053'],
  ],
  ['proc/jc/uptime', parseUptime, 46_901.13],
  [
    'kstat/node_exporter/arcstats',
    parseArcstats,
    expect.objectContaining({ sizeBytes: 1_603_939_792, hits: 8_772_612 }),
  ],
];

describe('a file that another project recorded', () => {
  for (const [path, parse, expected] of CASES) {
    const text = thirdParty(path);
    test.skipIf(text === undefined)(path, () => {
      expect(parse(text ?? '')).toEqual(expected);
    });
  }
});

const PASTED: readonly [name: string, expected: string[]][] = [
  ['jc-zpool-status-spares', ['tank ONLINE: 14 vdevs, scrub finished']],
  [
    'jc-zpool-status-v',
    [
      'zhgstera6 ONLINE: 2 vdevs, scrub canceled',
      'zint500 ONLINE: 2 vdevs, scrub finished',
      'zsam53 ONLINE: 2 vdevs, scrub finished',
    ],
  ],
  ['jc-zpool-status-v4', ['pool1 ONLINE: 7 vdevs, scrub finished']],
];

describe('output of zpool that users of another project pasted', () => {
  for (const [name, expected] of PASTED) {
    const text = thirdParty(`zfs-text/${name}.txt`);
    test.skipIf(text === undefined)(name, () => {
      expect(parseStatusText(asPrinted(text ?? '')).map(summary)).toEqual(expected);
    });
  }
});

/** They cut times out, and lost the tabs on the way. */
function asPrinted(text: string): string {
  return text
    .replaceAll('<snip>', '00:00:01 with 0 errors on Sun Nov 22 19:21:21 2026')
    .replaceAll(/^ {8}/gm, '\t');
}

function summary({ name, state, vdevs, scan }: ZfsPool): string {
  return `${name} ${state}: ${vdevs.length} vdevs, ${scan?.function} ${scan?.state}`;
}

/** A host with one file that another project recorded. */
function hostWith(path: string, recorded: string): RecordedHost {
  return new RecordedHost().files({ [path]: thirdParty(recorded) ?? '' });
}

describe('a host with a file that another project recorded', () => {
  test.skipIf(thirdParty('proc/jc/pid_stat') === undefined)(
    'proc/jc/pid_stat runs the task that it started then',
    async () => {
      const host = hostWith('/proc/1/stat', 'proc/jc/pid_stat').files({
        '/var/log/pve/tasks/active':
          'UPID:pve:00000001:00000080:674F96C0:vzdump::root@pam: 0\nUPID:pve:00000001:00000081:674F96C0:vzdump::root@pam: 0\n',
      });
      const running = await readRunningTasks(host);
      expect(running.map(({ processStartTicks }) => processStartTicks)).toEqual([128]);
    },
  );

  test.skipIf(thirdParty('proc/node_exporter/swaps') === undefined)(
    'proc/node_exporter/swaps swaps to memory',
    async () => {
      const host = hostWith('/proc/swaps', 'proc/node_exporter/swaps');
      const { swap } = await readUseMap(host, new AbortController().signal);
      expect([...swap]).toEqual(['zram0']);
    },
  );

  for (const [name, state] of [
    ['pool1_state', 'ONLINE'],
    ['pool2_state', 'SUSPENDED'],
    ['poolz1_state', 'DEGRADED'],
  ]) {
    const recorded = `kstat/node_exporter/${name}`;
    test.skipIf(thirdParty(recorded) === undefined)(`${recorded} is ${state}`, async () => {
      const host = hostWith('/proc/spl/kstat/zfs/tank/state', recorded);
      expect((await poolStates(host)).get('tank')).toBe(state);
    });
  }

  const thermal = thirdParty('sensors/node_exporter-thermal.tsv');
  test.skipIf(thermal === undefined)('sensors/node_exporter-thermal.tsv has one zone', async () => {
    const host = new RecordedHost().symlink('/sys/class/thermal', '../devices/virtual/thermal');
    for (const row of (thermal ?? '').split('\n').filter((line) => line.startsWith('sys/'))) {
      const [path = '', value = ''] = row.split('\t');
      host.files({ [`/${path}`]: `${value}\n` });
    }
    expect((await runOnce(sensors, host, systemClock)).document?.temperatures).toEqual([
      { key: 'thermal/thermal_zone0', chip: 'thermal', label: 'cpu-thermal', celsius: 12.376 },
    ]);
  });
});
