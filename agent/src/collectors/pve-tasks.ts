import type { PveTasksDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { given } from '../given.ts';
import { timeOf } from '../host-time.ts';
import { hasProxmox } from '../pve/pmxcfs.ts';
import { readFinishedTasks, readRunningTasks } from '../pve/tasks.ts';
import { type PveTask, resultOf } from '../pve/upid.ts';

export const pveTasks: Collector<'pveTasks'> = {
  name: 'pveTasks',
  everyMs: 60_000,
  timeoutMs: 5_000,
  async collect(host) {
    if (!(await hasProxmox(host))) return absent('no Proxmox VE on this host');
    const [finished, running] = await Promise.all([readFinishedTasks(host), readRunningTasks(host)]);
    const nowMs = await timeOf(host, Math.max(0, ...finished.map(({ end }) => end?.atMs ?? 0)));
    return {
      failed: failedSince(finished, nowMs - DAY_MS)
        .slice(0, LISTED)
        .map(describe),
      running: running.slice(0, LISTED).map(describe),
    };
  },
};

const DAY_MS = 24 * 60 * 60 * 1000;
const LISTED = 100;

/** Tasks that a person started and gave up on are told apart by nothing: all that failed are here. */
function failedSince(tasks: readonly PveTask[], sinceMs: number): PveTask[] {
  return tasks.filter(
    ({ end }) => end !== undefined && end.atMs >= sinceMs && resultOf(end.statusText) === 'failed',
  );
}

function describe({ type, id, user, startedAtMs, end }: PveTask): PveTasksDocument['failed'][number] {
  return {
    type,
    user,
    startedAtMs,
    ...given({ id: id === '' ? undefined : id, endedAtMs: end?.atMs, statusText: end?.statusText }),
  };
}
