import type { PveBackupsDocument } from '@proxmox-monitor/protocol';
import { given } from '../given.ts';
import { nextRun, parseCalendarEvent } from './calendar-event.ts';
import type { Section } from './section-config.ts';

export type BackupJob = PveBackupsDocument['jobs'][number];

/** Backup jobs of jobs.cfg, in its order. */
export function backupJobs(sections: readonly Section[], nowMs: number): BackupJob[] {
  return sections.filter(({ type }) => type === 'vzdump').map((section) => jobOf(section, nowMs));
}

function jobOf({ id, properties }: Section, nowMs: number): BackupJob {
  const schedule = properties.get('schedule');
  const isEnabled = properties.get('enabled') !== '0';
  const event = schedule === undefined ? undefined : parseCalendarEvent(schedule);
  const isAll = properties.get('all') === '1';
  const pool = properties.get('pool');
  const named = vmidsOf(properties.get(isAll ? 'exclude' : 'vmid'));
  return {
    id,
    isEnabled,
    selection: isAll ? 'all' : pool === undefined ? 'guests' : 'pool',
    ...given({
      schedule,
      nextRunAtMs: !isEnabled || event === undefined ? undefined : nextRun(event, nowMs),
      storage: properties.get('storage'),
      mode: properties.get('mode'),
      node: properties.get('node'),
      pool,
      guests: named.length === 0 ? undefined : named,
      comment: properties.get('comment'),
    }),
  };
}

/** Jobs of /etc/pve/vzdump.cron, which older installations have: `MIN HOUR DAY MONTH WEEKDAYS root vzdump OPTIONS`. */
export function cronBackupJobs(text: string): BackupJob[] {
  return text.split('\n').flatMap((line, index) => {
    const match = /^((?:\S+\s+){5})root\s+vzdump\s+(.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) return [];
    const words = match[2].trim().split(/\s+/);
    const option = (name: string): string | undefined => {
      const at = words.indexOf(`--${name}`);
      return at < 0 ? undefined : words[at + 1];
    };
    const isAll = option('all') === '1';
    const pool = option('pool');
    const guests = isAll
      ? vmidsOf(option('exclude'))
      : words.filter((word) => /^\d+$/.test(word)).flatMap(vmidsOf);
    return [
      {
        id: `vzdump.cron:${index + 1}`,
        isEnabled: true,
        selection: isAll ? 'all' : pool === undefined ? 'guests' : 'pool',
        schedule: match[1].trim(),
        ...given({
          storage: option('storage'),
          mode: option('mode'),
          node: option('node'),
          pool,
          guests: guests.length === 0 ? undefined : guests,
        }),
      },
    ];
  });
}

function vmidsOf(list: string | undefined): number[] {
  return (list ?? '')
    .split(/[,; ]+/)
    .filter((vmid) => /^[1-9]\d{0,8}$/.test(vmid))
    .map(Number);
}

/** Whether a job backs a guest of a node up when it next runs. */
export function covers(job: BackupJob, nodeName: string, vmid: number, pool: string | undefined): boolean {
  if (!job.isEnabled || (job.node !== undefined && job.node !== nodeName)) return false;
  const isNamed = job.guests?.includes(vmid) === true;
  if (job.selection === 'all') return !isNamed;
  return job.selection === 'pool' ? pool !== undefined && pool === job.pool : isNamed;
}
