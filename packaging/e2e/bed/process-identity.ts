import { readFileSync } from 'node:fs';

/** A process, told apart from a later one that got the same number by the time of its start. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between the machine's boot and the start: field 22 of /proc/PID/stat, see proc_pid_stat(5). */
  readonly startTicks: string;
}

/** Undefined when there is no such process. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  const startTicks = stat === undefined ? undefined : parseStartTicks(stat);
  return startTicks === undefined ? undefined : { pid, startTicks };
}

/** The name in the second field may hold spaces and brackets: what counts begins after the last bracket. */
export function parseStartTicks(stat: string): string | undefined {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return afterName[0] === 'Z' ? undefined : afterName[19];
}

/** True while that very process runs. A zombie does not. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTicks === identity.startTicks;
}

/** Sends a signal to that very process and to no other. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals | number): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if (isRunning(identity)) throw error;
  }
}

/** All processes below `pid`, parents before their children. */
export function descendants(pid: number): number[] {
  const children = (readProc(`/proc/${pid}/task/${pid}/children`) ?? '').trim().split(' ').filter(Boolean);
  return children.map(Number).flatMap((child) => [child, ...descendants(child)]);
}

/** The number that a process has in its own namespace: 1 for the init of a container. */
export function pidInOwnNamespace(pid: number): number | undefined {
  const line = /^NSpid:\s+(.+)$/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1];
  const last = line?.split('\t').at(-1);
  return last === undefined ? undefined : Number(last);
}

export function processName(pid: number): string | undefined {
  return readProc(`/proc/${pid}/comm`)?.trim();
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
