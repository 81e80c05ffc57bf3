import { absent, type Collector } from '../collector.ts';
import type { Host } from '../host.ts';
import { type GuestBackup, logOfTask, parseRemembered, resultsOf, withResult } from '../pve/guest-backups.ts';
import { hasProxmox, readPmxcfs } from '../pve/pmxcfs.ts';
import { readFinishedTasks } from '../pve/tasks.ts';
import { parseVmlist } from '../pve/vmlist.ts';
import { VzdumpLog } from '../pve/vzdump-log.ts';

const STATE_NAME = 'guest-backups.json';
const INDEX = '/var/log/pve/tasks/index';
/** The log of the last backup of each guest. */
const LAST_LOGS = '/var/log/vzdump';

export const pveGuestBackups: Collector<'pveGuestBackups'> = {
  name: 'pveGuestBackups',
  everyMs: 30 * 60_000,
  timeoutMs: 60_000,
  runsIn: 'helper',
  async collect(host) {
    if (!(await hasProxmox(host))) return absent('no Proxmox VE on this host');
    const before = parseRemembered(await host.state.read(STATE_NAME));
    let { readUntilMs } = before;
    let guests = await withLastLogs(host, before.guests, readUntilMs);
    const tasks = (await readFinishedTasks(host))
      .filter(({ type, end }) => type === 'vzdump' && end !== undefined && end.atMs >= before.readUntilMs)
      .reverse();
    for (const task of tasks) {
      const path = logOfTask(task);
      const log = new VzdumpLog();
      if (path !== undefined) await host.readLines(path, (line) => log.take(line));
      for (const { result, atMs } of resultsOf(task, log)) guests = withResult(guests, result, atMs);
      readUntilMs = Math.max(readUntilMs, task.end?.atMs ?? 0);
    }
    guests = await withoutDeleted(host, guests);
    await host.state.write(STATE_NAME, JSON.stringify({ readUntilMs, guests }));
    return { guests };
  },
  changeMark: async (host) => String(await host.modifiedMs(INDEX)),
};

/** What the logs tell that were written since: also of tasks that Proxmox has forgotten, and of a job at work. */
async function withLastLogs(
  host: Host,
  before: readonly GuestBackup[],
  sinceMs: number,
): Promise<GuestBackup[]> {
  let guests = [...before];
  for (const name of await host.list(LAST_LOGS)) {
    const vmid = /^(?:qemu|lxc)-(\d{1,9})\.log$/.exec(name)?.[1];
    const path = `${LAST_LOGS}/${name}`;
    const modifiedMs = vmid === undefined ? undefined : await host.modifiedMs(path);
    if (modifiedMs === undefined || modifiedMs < sinceMs) continue;
    const log = new VzdumpLog();
    await host.readLines(path, (line) => log.take(line));
    for (const result of log.results) {
      if (result.vmid === Number(vmid)) guests = withResult(guests, result, result.endedAtMs ?? modifiedMs);
    }
  }
  return guests;
}

/** Guests that the cluster still has. Those on another node stay: their last backup may have been made here. */
async function withoutDeleted(host: Host, guests: GuestBackup[]): Promise<GuestBackup[]> {
  try {
    const vmlist = (await readPmxcfs(host)).text('.vmlist');
    if (vmlist === undefined) return guests;
    const there = new Set(parseVmlist(vmlist).map(({ vmid }) => vmid));
    return guests.filter(({ vmid }) => there.has(vmid));
  } catch {
    // Proxmox's cluster file system does not answer; the logs are beside it.
    return guests;
  }
}
