import type { DiskIoDocument, SmartDisk } from '@proxmox-monitor/protocol';
import type { HostDetail, Rates } from '../../src/api/schema.ts';
import { type DiskVerdict, diskVerdict } from '../../src/fleet/findings/disk-verdict.ts';
import { compareNames, compareSeverity } from '../fleet/severity.ts';

export interface DiskRow {
  /** sda; behind a controller that hides the disk "/dev/bus/0 megaraid,3". */
  readonly name: string;
  readonly model: string | undefined;
  readonly serial: string | undefined;
  readonly sizeBytes: number | undefined;
  readonly rate: Rates['disks'][number] | undefined;
  readonly smart: SmartDisk | undefined;
  readonly verdict: DiskVerdict | undefined;
  readonly skewMs: number;
}

type IoDisk = DiskIoDocument['disks'][number];

/** Every disk that the kernel or smartctl knows, those that are not well first. */
export function diskRows(detail: HostDetail, nowMs: number): DiskRow[] {
  const skewMs = detail.clockSkewMs ?? 0;
  const io = detail.documents.diskIo?.body.disks ?? [];
  const smart = detail.documents.smart?.body.disks ?? [];
  const smartByName = new Map(smart.flatMap((disk) => (disk.name === undefined ? [] : [[disk.name, disk]])));
  const rates = new Map(detail.rates.disks.map((rate) => [rate.name, rate]));
  const names = new Set(io.map(({ name }) => name));
  const rowOf = (disk: IoDisk | undefined, health: SmartDisk | undefined): DiskRow => ({
    name: disk?.name ?? health?.name ?? [health?.device, health?.deviceType].filter(Boolean).join(' '),
    model: health?.model ?? disk?.model,
    serial: health?.serial ?? disk?.serial,
    sizeBytes: disk?.sizeBytes ?? health?.sizeBytes,
    rate: disk && rates.get(disk.name),
    smart: health,
    verdict: health && diskVerdict(health, nowMs + skewMs),
    skewMs,
  });
  return [
    ...io.map((disk) => rowOf(disk, smartByName.get(disk.name))),
    ...smart
      .filter(({ name }) => name === undefined || !names.has(name))
      .map((disk) => rowOf(undefined, disk)),
  ].toSorted(
    (first, second) =>
      compareSeverity(rankOf(first), rankOf(second)) || compareNames(first.name, second.name),
  );
}

/** What is asleep or has no SMART asks for nothing. */
function rankOf({ verdict }: DiskRow): 'crit' | 'warn' | 'ok' {
  return verdict?.severity === 'crit' || verdict?.severity === 'warn' ? verdict.severity : 'ok';
}
