import { readdirSync, readFileSync } from 'node:fs';

/** What a program has used since it was started, children that ended included. */
export interface Used {
  readonly cpuSeconds: number;
  /** Bytes that went to disk: `write_bytes`. */
  readonly writtenBytes: number;
  readonly majorFaults: number;
  readonly contextSwitches: number;
}

/** What it holds now, in bytes. */
export interface Held {
  readonly rss: number;
  readonly pss: number;
  readonly privateDirty: number;
}

const TICKS_PER_SECOND = 100;

/** The process and all that descends from it and lives. */
export function treeOf(pid: number): number[] {
  const children = readText(`/proc/${pid}/task/${pid}/children`).trim().split(' ');
  const below = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    thread === String(pid) ? children : readText(`/proc/${pid}/task/${thread}/children`).trim().split(' '),
  );
  return [
    pid,
    ...below.filter((word) => word !== '').flatMap((word) => tolerant(() => treeOf(Number(word)), [])),
  ];
}

/** @throws when the process is gone */
export function usedBy(pids: readonly number[]): Used {
  return pids.map(usedByOne).reduce(sum);
}

export function heldBy(pids: readonly number[]): Held {
  return pids.map((pid) => tolerant(() => heldByOne(pid), { rss: 0, pss: 0, privateDirty: 0 })).reduce(sum);
}

/** Field 1 of the numbers is the state, field 3 of proc(5); then they follow in its order. */
function usedByOne(pid: number): Used {
  const stat = readText(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const ticks = field(14) + field(15) + field(16) + field(17);
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    majorFaults: field(12) + field(13),
    writtenBytes: valueIn(readText(`/proc/${pid}/io`), 'write_bytes'),
    contextSwitches: readdirSync(`/proc/${pid}/task`).reduce((total, thread) => {
      const status = tolerant(() => readText(`/proc/${pid}/task/${thread}/status`), '');
      return (
        total + valueIn(status, 'voluntary_ctxt_switches') + valueIn(status, 'nonvoluntary_ctxt_switches')
      );
    }, 0),
  };
}

function heldByOne(pid: number): Held {
  const text = readText(`/proc/${pid}/smaps_rollup`);
  const bytes = (name: string): number => valueIn(text, name) * 1024;
  return { rss: bytes('Rss'), pss: bytes('Pss'), privateDirty: bytes('Private_Dirty') };
}

function valueIn(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

function sum<Figures extends object>(left: Figures, right: Figures): Figures {
  const total: Record<string, number> = {};
  for (const figures of [left, right]) {
    for (const [name, value] of Object.entries(figures)) total[name] = (total[name] ?? 0) + Number(value);
  }
  return Object.assign({}, left, total);
}

/** What `run` says, or the other when the process has ended meanwhile. */
function tolerant<Value>(run: () => Value, otherwise: Value): Value {
  try {
    return run();
  } catch {
    return otherwise;
  }
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
