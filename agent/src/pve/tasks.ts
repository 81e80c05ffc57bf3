import type { Host } from '../host.ts';
import { type PveTask, parseTasks } from './upid.ts';

const FOLDER = '/var/log/pve/tasks';

/** Finished tasks of this node, the newest first, as far as Proxmox keeps them: about two thousand. */
export async function readFinishedTasks(host: Host): Promise<PveTask[]> {
  const [older, newer] = await Promise.all([host.read(`${FOLDER}/index.1`), host.read(`${FOLDER}/index`)]);
  const byId = new Map(parseTasks(`${older ?? ''}\n${newer ?? ''}`).map((task) => [task.upid, task]));
  return [...byId.values()]
    .filter(({ end }) => end !== undefined)
    .sort((left, right) => right.startedAtMs - left.startedAtMs);
}

/** Tasks that run now: named as active, and their process is still the one that was started then. */
export async function readRunningTasks(host: Host): Promise<PveTask[]> {
  const active = parseTasks((await host.read(`${FOLDER}/active`)) ?? '').filter(
    ({ end }) => end === undefined,
  );
  const alive = await Promise.all(active.map((task) => isAlive(host, task)));
  return active.filter((_, index) => alive[index]);
}

async function isAlive(host: Host, { pid, processStartTicks }: PveTask): Promise<boolean> {
  const stat = await host.read(`/proc/${pid}/stat`).catch(() => undefined);
  if (stat === undefined) return false;
  // The name in parentheses may hold spaces and parentheses itself. After it comes field 3; the start is field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[19]) === processStartTicks;
}
