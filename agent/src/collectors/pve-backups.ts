import { LIMITS, type PveBackupsDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { given } from '../given.ts';
import { timeOf } from '../host-time.ts';
import { backupJobs, covers, cronBackupJobs } from '../pve/backup-jobs.ts';
import { guestConfigurations } from '../pve/guest-configurations.ts';
import { hasProxmox, readConfiguration, readPmxcfs } from '../pve/pmxcfs.ts';
import { parseSectionConfig } from '../pve/section-config.ts';
import { readFinishedTasks, readRunningTasks } from '../pve/tasks.ts';
import { type PveTask, resultOf } from '../pve/upid.ts';
import { parseVmlist } from '../pve/vmlist.ts';

export const pveBackups: Collector<'pveBackups'> = {
  name: 'pveBackups',
  everyMs: 60_000,
  timeoutMs: 12_000,
  async collect(host) {
    if (!(await hasProxmox(host))) return absent('no Proxmox VE on this host');
    const [{ members, text }, texts, { configs, pools }, finished, running] = await Promise.all([
      readPmxcfs(host),
      readConfiguration(host, { files: ['jobs.cfg', 'vzdump.cron'] }),
      guestConfigurations(host, ''),
      readFinishedTasks(host),
      readRunningTasks(host),
    ]);
    const runs = [...running, ...finished].filter(({ type }) => type === 'vzdump').map(runOf);
    const nowMs = await timeOf(host, runs[0]?.startedAtMs);
    const jobs = [
      ...backupJobs(parseSectionConfig('/etc/pve/jobs.cfg', texts.get('jobs.cfg') ?? ''), nowMs),
      ...cronBackupJobs(texts.get('vzdump.cron') ?? ''),
    ].slice(0, LIMITS.listLength);
    const uncoveredGuests = parseVmlist(text('.vmlist') ?? '{}')
      .filter(({ node }) => node === members.nodeName)
      .filter(({ vmid }) => configs.get(vmid)?.isTemplate !== true)
      .map(({ vmid }) => vmid)
      .filter((vmid) => !jobs.some((job) => covers(job, members.nodeName, vmid, pools.get(vmid))))
      .sort((left, right) => left - right)
      .slice(0, LIMITS.listLength);
    return { jobs, runs: runs.slice(0, LISTED_RUNS), uncoveredGuests };
  },
};

const LISTED_RUNS = 64;

function runOf({ startedAtMs, end, id }: PveTask): PveBackupsDocument['runs'][number] {
  return {
    startedAtMs,
    ...given({
      endedAtMs: end?.atMs,
      result: end === undefined ? undefined : resultOf(end.statusText),
      statusText: end?.statusText,
      vmid: /^[1-9]\d{0,8}$/.test(id) ? Number(id) : undefined,
    }),
  };
}
