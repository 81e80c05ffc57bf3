import type { DiskIoDocument, NetworkDocument, SmartDisk } from '@proxmox-monitor/protocol';
import { type Family, labels, of, type Point, ratio, seconds, yesNo } from '../family.ts';

type Disk = DiskIoDocument['disks'][number];
type Interface = NetworkDocument['interfaces'][number];

function disk(
  name: string,
  help: string,
  value: (disk: Disk) => number | undefined,
  type: Family['type'] = 'counter',
): Family {
  return of('diskIo', {
    name: `disk_${name}`,
    type,
    help,
    points: ({ disks }) => disks.map((each) => [{ device: each.name }, value(each)]),
  });
}

function network(name: string, help: string, value: (each: Interface) => number | undefined): Family {
  return of('network', {
    name: `network_${name}`,
    type: 'counter',
    help,
    points: ({ interfaces }) => interfaces.map((each) => [{ device: each.name }, value(each)]),
  });
}

/** Labels by which a disk is known again in another slot. */
function labelsOf(disk: SmartDisk) {
  return labels({ device: disk.name ?? disk.device, type: disk.deviceType, serial: disk.serial });
}

function smart(
  name: string,
  help: string,
  value: (disk: SmartDisk) => number | undefined,
  type: Family['type'] = 'gauge',
): Family {
  return of('smart', {
    name: `smart_${name}`,
    type,
    help,
    points: ({ disks }) => disks.map((each): Point => [labelsOf(each), value(each)]),
  });
}

/** Disks and network interfaces. */
export const DEVICES: readonly Family[] = [
  disk('read_bytes', 'Bytes read from a whole disk.', ({ readBytes }) => readBytes),
  disk('written_bytes', 'Bytes written to a whole disk.', ({ writtenBytes }) => writtenBytes),
  disk('reads', 'Read operations of a whole disk.', ({ readOperations }) => readOperations),
  disk('writes', 'Write operations of a whole disk.', ({ writeOperations }) => writeOperations),
  disk('busy_seconds', 'Time in which a disk had at least one request.', ({ busyMs }) => seconds(busyMs)),
  network('receive_bytes', 'Bytes received by an interface.', ({ receivedBytes }) => receivedBytes),
  network('transmit_bytes', 'Bytes sent by an interface.', ({ sentBytes }) => sentBytes),
  network('receive_errors', 'Errors while receiving.', ({ receiveErrors }) => receiveErrors),
  network('transmit_errors', 'Errors while sending.', ({ sendErrors }) => sendErrors),
  network('receive_drops', 'Packets dropped while receiving.', ({ receiveDrops }) => receiveDrops),
  network('transmit_drops', 'Packets dropped while sending.', ({ sendDrops }) => sendDrops),
  of('network', {
    name: 'network_up',
    type: 'gauge',
    help: 'Whether the link of an interface is up; left out where the kernel does not say.',
    points: ({ interfaces }) => interfaces.map(({ name, up }) => [{ device: name }, yesNo(up)]),
  }),
  of('smart', {
    name: 'smart_disk',
    type: 'info',
    help: 'What a disk is.',
    points: ({ disks }) =>
      disks.map((each) => [
        {
          ...labelsOf(each),
          ...labels({ model: each.model, firmware: each.firmware, protocol: each.protocol }),
        },
        1,
      ]),
  }),
  smart('passed', "The drive's own verdict; 0 means that it expects to fail.", ({ passed }) => yesNo(passed)),
  smart('readable', 'Whether the disk could be read; one that sleeps counts as readable.', ({ state }) =>
    yesNo(state === 'ok' || state === 'sleeping'),
  ),
  smart('temperature_celsius', 'Temperature of a disk.', ({ temperatureCelsius }) => temperatureCelsius),
  smart('wear_ratio', 'Share of the rated endurance that is used; may pass 1.', ({ wearPercent }) =>
    ratio(wearPercent),
  ),
  smart('spare_ratio', 'Share of the spare blocks that is left.', ({ sparePercent }) => ratio(sparePercent)),
  smart('power_on_seconds', 'Time that a disk has been on.', ({ powerOnHours }) =>
    powerOnHours === undefined ? undefined : powerOnHours * 3600,
  ),
  smart(
    'written_bytes',
    'Bytes written over the life of a disk.',
    ({ writtenBytes }) => writtenBytes,
    'counter',
  ),
  of('smart', {
    name: 'smart_errors',
    type: 'gauge',
    help: "Error counters of a disk, by kind, as the drive keeps them; some drives' go down again.",
    points: ({ disks }) =>
      disks.flatMap((each) =>
        Object.entries(each.counters).map(([kind, count]): Point => [{ ...labelsOf(each), kind }, count]),
      ),
  }),
];
