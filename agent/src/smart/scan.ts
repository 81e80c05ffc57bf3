import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import { type BlockDevice, controllerOf, whyNoSmart } from './block-devices.ts';
import { at, rowsOf, textOf } from './fields.ts';

/** A disk to be asked. */
export interface Target {
  /** As smartctl is given it. */
  readonly device: string;
  /** Only where smartctl cannot find it out itself: behind a controller or a bridge. */
  readonly deviceType?: string;
  /** Kernel names: more than one for the namespaces of an NVMe controller, none behind a controller that hides it. */
  readonly names: readonly string[];
  readonly sizeBytes?: number;
  /** It has no SMART, and why; it is not asked. */
  readonly unsupported?: string;
}

export interface Scanned {
  readonly device: string;
  readonly deviceType?: string;
}

/** Types that smartctl finds out by itself, again each time: another disk may have the name by then. */
const FOUND_OUT = new Set(['ata', 'scsi', 'sat', 'nvme']);
const DEVICE = /^\/dev\/[A-Za-z0-9][A-Za-z0-9/_.!:-]{0,127}$/;
const TYPE = /^[a-z0-9][a-z0-9_.+,/-]{0,63}$/i;
const MAX_DEVICES = 1024;

/**
 * Parses `smartctl --scan-open -j`. What is not a device's path or type as smartctl writes them is left out: both are
 * handed to smartctl again.
 * @throws ParseError
 */
export function parseScan(text: string): Scanned[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new ParseError("smartctl's list of devices cannot be read: is it older than 7.0?", {
      cause: error,
    });
  }
  if (at(document, 'smartctl') === undefined) throw new ParseError('smartctl printed no list of devices');
  return rowsOf(at(document, 'devices'))
    .flatMap((row): Scanned[] => {
      const device = textOf(row['name']);
      const type = textOf(row['type']);
      if (device === undefined || !DEVICE.test(device) || device.includes('..')) return [];
      const isNeeded = type !== undefined && TYPE.test(type) && !FOUND_OUT.has(type);
      return [{ device, ...given({ deviceType: isNeeded ? type : undefined }) }];
    })
    .slice(0, MAX_DEVICES);
}

/** What smartctl found, and what the kernel has besides: a virtio disk, and a disk that could not be opened. */
export function targetsOf(scanned: readonly Scanned[], blocks: readonly BlockDevice[]): Target[] {
  const namespaces = new Map<string, BlockDevice[]>();
  for (const block of blocks) {
    const owner = controllerOf(block.name) ?? block.name;
    namespaces.set(owner, [...(namespaces.get(owner) ?? []), block]);
  }
  const known = new Set<string>();
  const targets = scanned.map(({ device, deviceType }): Target => {
    const node = device.slice('/dev/'.length);
    const owner = controllerOf(node) ?? node;
    // A type like megaraid,3 says that the path stands for the controller and not for the disk.
    const isPath = deviceType !== undefined && /\d/.test(deviceType.split(',')[1] ?? '');
    const mine = isPath ? [] : (namespaces.get(owner) ?? []);
    if (!isPath) known.add(owner);
    return { device, ...given({ deviceType }), ...sizeAndNames(mine) };
  });
  for (const [owner, mine] of namespaces) {
    if (known.has(owner)) continue;
    const unsupported = whyNoSmart(owner);
    targets.push({ device: `/dev/${owner}`, ...sizeAndNames(mine), ...given({ unsupported }) });
  }
  return targets.filter(
    (target, index) =>
      targets.findIndex(
        (other) => other.device === target.device && other.deviceType === target.deviceType,
      ) === index,
  );
}

function sizeAndNames(blocks: readonly BlockDevice[]): Pick<Target, 'names' | 'sizeBytes'> {
  const sizeBytes = blocks.reduce((sum, block) => sum + block.sizeBytes, 0);
  return { names: blocks.map(({ name }) => name), ...(sizeBytes === 0 ? {} : { sizeBytes }) };
}
