import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATASET_COLUMNS } from '../../../agent/src/zfs/datasets.ts';
import { LIST_COLUMNS } from '../../../agent/src/zfs/list-text.ts';
import { type Disk, GIB, type Machine } from './machine.ts';

/** Where on the host the stand-ins of its programs find them. */
export const ANSWERS = '/usr/lib/replay';

/** What a program prints, by its call as one line. */
export type Answers = Readonly<Record<string, string>>;

/**
 * Processor time of the real programs, in microseconds, that the stand-ins take as well. Of `zpool` and `zfs` (OpenZFS 2.3)
 * an estimate, from an emulated machine with three pools and few datasets: see docs/benchmarks.md. A host with hundreds of
 * datasets takes more. Of `smartctl -x` over one disk as in a virtual machine; of `systemctl` as Debian has it.
 */
export const MICROSECONDS: Readonly<Record<string, number>> = {
  zpool: 7_000,
  zfs: 8_000,
  smartctl: 12_000,
  systemctl: 8_000,
};

/** One file per call, named as the stand-ins look for it. */
export function answerFiles(answers: Answers): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(answers).map(([call, text]) => [
      `${ANSWERS}/${call.replaceAll('/', '_').slice(0, 250)}`,
      text,
    ]),
  );
}

/** Answers that stay. */
export function standingAnswers(machine: Machine): Answers {
  return { ...systemctl(), ...smartctl(machine) };
}

/** Answers that change with every look: pools fill. */
export function livingAnswers(machine: Machine): Answers {
  return { ...zpool(machine), ...zfs(machine) };
}

function zpool({ disks, pools }: Machine): Answers {
  const sizes = { rpool: 440 * GIB, tank: 58_000 * GIB };
  const status = (['rpool', 'tank'] as const).map((name) => {
    const leaves = disks.filter(({ pool }) => pool === name).map(leafOf);
    const groups: [string, object][] =
      name === 'rpool'
        ? [vdevOf('mirror-0', 'mirror', leaves)]
        : [
            vdevOf('raidz2-0', 'raidz', leaves.slice(0, 4)),
            vdevOf('mirror-1', 'mirror', leaves.slice(4), 'special'),
          ];
    const pool = {
      name,
      state: 'ONLINE',
      pool_guid: `1194806649703701240${name.length}`,
      txg: '2200000',
      spa_version: '5000',
      zpl_version: '5',
      scan_stats: {
        function: 'SCRUB',
        state: 'FINISHED',
        start_time: '1751000000',
        end_time: '1751020000',
        to_examine: '70066176000',
        examined: '70066176000',
        skipped: '221184',
        processed: '0',
        errors: '0',
        bytes_per_scan: '0',
        pass_start: '1751000000',
        scrub_pause: '0',
        scrub_spent_paused: '0',
        issued_bytes_per_scan: '0',
        issued: '70066176000',
      },
      vdevs: { [name]: { ...vdev(name, 'root'), vdevs: Object.fromEntries(groups) } },
      error_count: '0',
    };
    return [name, pool] as const;
  });
  const rows = (['rpool', 'tank'] as const).map((name) => {
    const allocated = Math.floor(pools[name]);
    const values: Readonly<Record<string, string | number>> = {
      name,
      guid: `1194806649703701240${name.length}`,
      health: 'ONLINE',
      size: sizes[name],
      allocated,
      free: sizes[name] - allocated,
      fragmentation: 12,
      capacity: Math.floor((allocated / sizes[name]) * 100),
      dedupratio: '1.00',
      freeing: 0,
      leaked: 0,
      readonly: 'off',
      autotrim: 'on',
    };
    return LIST_COLUMNS.map((column) => values[column] ?? '-').join('\t');
  });
  const json = {
    output_version: { command: 'zpool status', vers_major: 0, vers_minor: 1 },
    pools: Object.fromEntries(status),
  };
  return {
    'zpool status -j -p': `${JSON.stringify(json)}\n`,
    'zpool status -P': '',
    'zpool status -v': '',
    [`zpool list -Hp -o ${LIST_COLUMNS.join(',')}`]: `${rows.join('\n')}\n`,
  };
}

function vdev(name: string, type: string): object {
  return {
    name,
    vdev_type: type,
    guid: guidOf(name),
    class: 'normal',
    state: 'ONLINE',
    alloc_space: '70483968000',
    total_space: '3959422976000',
    def_space: '2973237248000',
    read_errors: '0',
    write_errors: '0',
    checksum_errors: '0',
  };
}

function vdevOf(
  name: string,
  type: string,
  leaves: readonly [string, object][],
  kind = 'normal',
): [string, object] {
  return [name, { ...vdev(name, type), class: kind, vdevs: Object.fromEntries(leaves) }];
}

function leafOf({ model, serial, name }: Disk): [string, object] {
  const id = `${name.startsWith('nvme') ? 'nvme' : 'ata'}-${model.replaceAll(' ', '_')}_${serial}`;
  return [
    id,
    {
      ...vdev(id, 'disk'),
      path: `/dev/disk/by-id/${id}-part1`,
      phys_path: 'pci-0000:00:06.0-ata-1',
      devid: `${id}-part1`,
      rep_dev_size: '496850262000',
      phys_space: '526385152000',
      slow_ios: '0',
    },
  ];
}

/** The same for the same name: 19 digits. */
function guidOf(name: string): string {
  let sum = 1_469_598_103_934_665_603n;
  for (const letter of name)
    sum = ((sum ^ BigInt(letter.codePointAt(0) ?? 0)) * 1_099_511_628_211n) % 10n ** 19n;
  return String(sum + 10n ** 18n).slice(0, 19);
}

function zfs({ guests, pools }: Machine): Answers {
  const row = (name: string, type: string, used: number, volumeSize = '-'): string => {
    const values: Readonly<Record<string, string | number>> = {
      name,
      type,
      used: Math.floor(used),
      available: Math.floor(250 * GIB - pools.rpool / 4),
      referenced: Math.floor(used * 0.9),
      usedbysnapshots: Math.floor(used * 0.1),
      quota: type === 'volume' ? '-' : 0,
      refquota: type === 'volume' ? '-' : 0,
      volsize: volumeSize,
      compressratio: '1.42',
      compression: 'on',
      encryption: 'off',
    };
    return DATASET_COLUMNS.map((column) => values[column] ?? '-').join('\t');
  };
  const datasets = [
    row('rpool', 'filesystem', pools.rpool),
    row('rpool/ROOT', 'filesystem', 9e9),
    row('rpool/ROOT/pve-1', 'filesystem', 9e9),
    row('rpool/data', 'filesystem', pools.rpool - 9e9),
    row('tank', 'filesystem', pools.tank),
    row('tank/vm', 'filesystem', pools.tank),
    ...guests.map(({ vmid, type, diskUsed, diskWritten }) =>
      type === 'qemu'
        ? row(`rpool/data/vm-${vmid}-disk-0`, 'volume', 4e9 + (diskWritten % 1e9), String(32 * GIB))
        : row(`rpool/data/subvol-${vmid}-disk-0`, 'filesystem', diskUsed),
    ),
  ];
  const snapshots = guests.flatMap(({ vmid }) =>
    Array.from(
      { length: 20 },
      (_, index) => `rpool/data/vm-${vmid}-disk-0@auto-${index}\t${1_751_000_000 + index * 3_600}`,
    ),
  );
  return {
    [`zfs list -Hp -t filesystem,volume -o ${DATASET_COLUMNS.join(',')}`]: `${datasets.join('\n')}\n`,
    'zfs list -Hp -t snapshot -o name,creation': `${snapshots.join('\n')}\n`,
  };
}

const UNITS = [
  ...[
    'pve-cluster',
    'pvedaemon',
    'pveproxy',
    'pvestatd',
    'pvescheduler',
    'pve-firewall',
    'pve-ha-crm',
    'pve-ha-lrm',
  ],
  ...[
    'pve-lxc-syscalld',
    'qmeventd',
    'spiceproxy',
    'lxcfs',
    'watchdog-mux',
    'corosync',
    'ssh',
    'cron',
    'chrony',
  ],
  ...['zfs-zed', 'smartmontools', 'postfix'],
];

/** By program alone: which units and properties are asked for is the agent's to decide. */
function systemctl(): Answers {
  const blocks = UNITS.map((name) =>
    [
      'Type=simple',
      'NRestarts=0',
      `Id=${name}.service`,
      `Description=${name} of the replayed host`,
      'LoadState=loaded',
      'ActiveState=active',
      'SubState=running',
      'UnitFileState=enabled',
    ].join('\n'),
  );
  return { 'systemctl show': `${blocks.join('\n\n')}\n`, 'systemctl list-units': '' };
}

const RECORDED = join(import.meta.dirname, '../../../agent/fixtures/smart/qemu-smartctl-7.4');

/** What smartctl said of two disks of a virtual machine, under the names of these. */
function smartctl({ disks }: Machine): Answers {
  const answers: Record<string, string> = {};
  const devices = disks.map(({ name, model, serial }) => {
    const isNvme = name.startsWith('nvme');
    const device = `/dev/${name}`;
    const recorded = readFileSync(join(RECORDED, isNvme ? 'nvme0n1-n.json' : 'sdb-n.json'), 'utf8');
    answers[`smartctl ${device}`] = recorded
      .replaceAll(isNvme ? '/dev/nvme0n1' : '/dev/sdb', device)
      .replace(/"model_name": "[^"]*"/, `"model_name": "${model}"`)
      .replace(/"serial_number": "[^"]*"/, `"serial_number": "${serial}"`);
    return isNvme
      ? { name: device, info_name: device, type: 'nvme', protocol: 'NVMe' }
      : { name: device, info_name: `${device} [SAT]`, type: 'sat', protocol: 'ATA' };
  });
  const scan = { json_format_version: [1, 0], smartctl: { version: [7, 4], exit_status: 0 }, devices };
  return { ...answers, 'smartctl --scan-open': JSON.stringify(scan) };
}
