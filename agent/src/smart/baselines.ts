import { fits, type SmartDisk, WallTimeMs } from '@proxmox-monitor/protocol';
import * as Type from 'typebox';

const Baseline = Type.Record(
  Type.String(),
  Type.Object({
    /** Where the counter stood when the agent first saw the disk, or when it last began anew. */
    first: Type.Number({ minimum: 0 }),
    last: Type.Number({ minimum: 0 }),
    grewAtMs: Type.Optional(WallTimeMs),
  }),
);
const BaselineFile = Type.Record(Type.String(), Baseline);
/** Error counters of each disk, by {@link diskKey}, as far as the agent remembers. */
export type Baselines = Type.Static<typeof BaselineFile>;

/** Disks come and go; the ones known longest are forgotten first. */
const MAX_DISKS = 512;

/** What was remembered. Nothing when it cannot be read: then the errors of today are the old ones. */
export function parseBaselines(text: string | undefined): Baselines {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return fits(BaselineFile, value) ? value : {};
  } catch {
    return {};
  }
}

/** By what a disk is known again in another place; undefined when it says too little of itself. */
export function diskKey({
  serial,
  model,
  wwn,
}: Pick<SmartDisk, 'serial' | 'model' | 'wwn'>): string | undefined {
  if (serial !== undefined) return `${model ?? ''} ${serial}`.trim();
  return wwn;
}

/**
 * Compares the counters of disks with what they were. Old errors stay with a disk for ever and say nothing new; a
 * counter that falls below its beginning belongs to a disk that was reset, or has wrapped, and begins anew.
 * @returns the disks with what grew, and what to remember from now on
 */
export function compareWithBaselines(
  disks: readonly SmartDisk[],
  before: Baselines,
  nowMs: number,
): { readonly disks: SmartDisk[]; readonly after: Baselines } {
  const after = new Map(Object.entries(before));
  const compared = disks.map((disk) => {
    const key = diskKey(disk);
    if (key === undefined || disk.state !== 'ok') return disk;
    const known = after.get(key) ?? {};
    const baseline = { ...known };
    for (const [counter, value] of Object.entries(disk.counters)) {
      baseline[counter] = advance(known[counter], value, nowMs);
    }
    after.set(key, baseline);
    return { ...disk, increases: increasesOf(disk, baseline) };
  });
  return { disks: compared, after: Object.fromEntries([...after].slice(-MAX_DISKS)) };
}

type Standing = Baselines[string][string];

function advance(known: Standing | undefined, value: number, nowMs: number): Standing {
  if (known === undefined || value < known.first) return { first: value, last: value };
  if (value > known.last) return { first: known.first, last: value, grewAtMs: nowMs };
  return { ...known, last: value };
}

function increasesOf({ counters }: SmartDisk, baseline: Baselines[string]): SmartDisk['increases'] {
  return Object.entries(counters).flatMap(([counter, to]) => {
    const standing = baseline[counter];
    // Pending sectors that were rewritten since are gone: what stands where it began has not grown.
    if (standing?.grewAtMs === undefined || to <= standing.first) return [];
    return [{ counter, from: standing.first, to, grewAtMs: standing.grewAtMs }];
  });
}
