import { type Disk, type Interface, type Machine, NODE, type Sensor } from './machine.ts';
import type { Files } from './proc.ts';

/** What of /sys does not change while the host runs, and the links there: path and target. */
export function standingSys(machine: Machine): { readonly files: Files; readonly links: Files } {
  const files: Record<string, string> = { '/sys/module/zfs/version': '2.3.4-pve1\n' };
  const links: Record<string, string> = {};
  for (const [index, disk] of machine.disks.entries()) Object.assign(files, filesOfDisk(disk, index));
  for (const each of machine.interfaces) {
    Object.assign(files, filesOfInterface(each));
    if (each.kind === 'physical') links[`/sys/class/net/${each.name}/device`] = '../../../0000:01:00.0';
  }
  for (const chip of chipsOf(machine)) {
    links[`/sys/class/hwmon/hwmon${chip.number}`] =
      `../../devices/platform/${chip.name}.0/hwmon/hwmon${chip.number}`;
    const folder = folderOf(chip);
    files[`${folder}/name`] = `${chip.name.replace(/-.*/, '').replace(/^nvme\d/, 'nvme')}\n`;
    for (const { id, sensor } of chip.sensors) {
      if (sensor.label !== '') files[`${folder}/${id}_label`] = `${sensor.label}\n`;
      if (sensor.kind === 'fan') files[`${folder}/${id}_min`] = '0\n';
      else files[`${folder}/${id}_crit`] = '100000\n';
      files[`${folder}/${id}_${sensor.kind === 'fan' ? 'alarm' : 'crit_alarm'}`] = '0\n';
    }
  }
  return { files, links };
}

/** What of /sys changes all the time. */
export function livingSys(machine: Machine): Files {
  return Object.fromEntries(
    chipsOf(machine).flatMap((chip) =>
      chip.sensors.map(({ id, sensor }) => [`${folderOf(chip)}/${id}_input`, `${sensor.value}\n`]),
    ),
  );
}

interface Chip {
  readonly name: string;
  readonly number: number;
  readonly sensors: readonly { readonly id: string; readonly sensor: Sensor }[];
}

function chipsOf({ sensors }: Machine): Chip[] {
  return [...Map.groupBy(sensors, ({ chip }) => chip)].map(([name, own], number) => {
    const counts = { temp: 0, fan: 0 };
    return {
      name,
      number,
      sensors: own.map((sensor) => {
        counts[sensor.kind] += 1;
        return { id: `${sensor.kind}${counts[sensor.kind]}`, sensor };
      }),
    };
  });
}

function folderOf({ name, number }: Chip): string {
  return `/sys/devices/platform/${name}.0/hwmon/hwmon${number}`;
}

function filesOfDisk({ name, model, serial, sectors, pool }: Disk, index: number): Files {
  const folder = `/sys/block/${name}`;
  const part = `${name}${name.startsWith('nvme') ? 'p' : ''}`;
  return {
    [`${folder}/size`]: `${sectors}\n`,
    [`${folder}/dev`]: `8:${index * 16}\n`,
    [`${folder}/queue/rotational`]: model.startsWith('TOSHIBA') ? '1\n' : '0\n',
    [`${folder}/device/model`]: `${model}\n`,
    [`${folder}/device/serial`]: `${serial}\n`,
    ...Object.fromEntries(
      (pool === 'rpool' ? [1, 2, 3] : [1]).map((number) => [
        `${folder}/${part}${number}/partition`,
        `${number}\n`,
      ]),
    ),
  };
}

function filesOfInterface({ name, kind }: Interface): Files {
  const folder = `/sys/class/net/${name}`;
  return {
    [`${folder}/operstate`]: 'up\n',
    [`${folder}/speed`]: kind === 'guest' ? '10000\n' : '1000\n',
    [`${folder}/uevent`]: `${kind === 'vlan' ? 'DEVTYPE=vlan\n' : ''}INTERFACE=${name}\n`,
    ...(kind === 'bridge' ? { [`${folder}/bridge/bridge_id`]: '8000.000000000000\n' } : {}),
    ...(kind === 'bond' ? { [`${folder}/bonding/mode`]: '802.3ad 4\n' } : {}),
  };
}

/** Mount points of local file systems: on a real host each is a file system of its own. */
export const MOUNTS: Readonly<Record<string, readonly [source: string, type: string]>> = {
  '/': ['rpool/ROOT/pve-1', 'zfs'],
  '/rpool': ['rpool', 'zfs'],
  '/rpool/data': ['rpool/data', 'zfs'],
  '/tank': ['tank', 'zfs'],
  '/tank/vm': ['tank/vm', 'zfs'],
  '/boot/efi': ['/dev/sda2', 'vfat'],
  '/etc/pve': ['/dev/fuse', 'fuse'],
};

/** /proc/PID/mountinfo of every process of the host. */
export function mountinfo(): string {
  return Object.entries(MOUNTS)
    .map(
      ([mountPoint, [source, type]], index) =>
        `${30 + index} 1 0:${40 + index} / ${mountPoint} rw,relatime shared:${index + 1} - ${type} ${source} rw\n`,
    )
    .join('');
}

export const HOSTS_FILE = `127.0.0.1 localhost ${NODE} monitor.test\n`;
