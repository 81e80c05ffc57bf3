import { LIMITS, type TaskResult } from '@proxmox-monitor/protocol';

/** A task of Proxmox: what its unique id says, and how it ended. */
export interface PveTask {
  readonly upid: string;
  readonly node: string;
  readonly pid: number;
  /** When its process was started, in ticks since boot: tells it from a later process of the same number. */
  readonly processStartTicks: number;
  readonly startedAtMs: number;
  readonly type: string;
  /** Often the number of a guest; empty for a task over several. */
  readonly id: string;
  readonly user: string;
  /** Absent while it runs. */
  readonly end: { readonly atMs: number; readonly statusText: string } | undefined;
}

const UPID =
  /^(UPID:([A-Za-z0-9][A-Za-z0-9.-]{0,62}):([0-9A-F]{8}):([0-9A-F]{8,9}):([0-9A-F]{8}):([^:\s]{1,64}):([^:\s]{0,256}):([^:\s]{1,256}):)/;

/**
 * Parses a line of /var/log/pve/tasks/index: `UPID END STATUS`, or of tasks/active: `UPID SAVED [END STATUS]`, where
 * END is seconds since 1970 in hex. Format: PVE::UPID, PVE::RESTEnvironment of pve-common.
 * @returns undefined for a line that is none
 */
export function parseTaskLine(line: string): PveTask | undefined {
  const match = UPID.exec(line);
  if (match === null) return undefined;
  const [upid = '', , node = '', pid = '', ticks = '', started = '', type = '', id = '', user = ''] = match;
  // Without the flag "saved", which the index does not have.
  const rest = line
    .slice(upid.length)
    .trim()
    .replace(/^[01](?: |$)/, '');
  const end = /^([0-9A-F]{8}) (.*)$/.exec(rest);
  return {
    upid,
    node,
    pid: Number.parseInt(pid, 16),
    processStartTicks: Number.parseInt(ticks, 16),
    startedAtMs: Number.parseInt(started, 16) * 1000,
    type,
    id,
    user,
    end:
      end?.[1] === undefined
        ? undefined
        : {
            atMs: Number.parseInt(end[1], 16) * 1000,
            // Proxmox writes up to 4096 bytes of an error there.
            statusText: (end[2] ?? '').trim().slice(0, LIMITS.textLength),
          },
  };
}

/**
 * Lines of either file, those that are no tasks left out. How a task ended is not believed of a line without its end,
 * which Proxmox is just writing: an "O" would be a failure.
 */
export function parseTasks(text: string): PveTask[] {
  const lines = text.split('\n');
  const unended = lines.pop() ?? '';
  const tasks = lines.flatMap((line) => parseTaskLine(line) ?? []);
  const last = parseTaskLine(unended);
  return last === undefined ? tasks : [...tasks, { ...last, end: undefined }];
}

/** What a status text means. A warning is a success; whatever is not known to be good is a failure. */
export function resultOf(statusText: string): TaskResult {
  if (statusText === 'OK') return 'ok';
  if (/^WARNINGS: \d+$/.test(statusText)) return 'warnings';
  return statusText === 'unexpected status' ? 'unknown' : 'failed';
}
