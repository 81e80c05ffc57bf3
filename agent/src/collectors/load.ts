import type { LoadDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ParseError } from '../errors.ts';
import { wholeLines } from '../lines.ts';

export const load: Collector<'load'> = {
  name: 'load',
  everyMs: 10_000,
  timeoutMs: 2_000,
  async collect(host) {
    const text = await host.read('/proc/loadavg');
    return text === undefined ? absent('no /proc/loadavg') : parseLoadavg(text);
  },
};

const LINE = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) (\d+)\/(\d+) \d+$/;

/**
 * Parses `0.20 0.18 0.12 1/80 11206`: three load averages, runnable and all tasks, the newest pid.
 * Format: proc_loadavg(5).
 * @throws ParseError
 */
export function parseLoadavg(text: string): LoadDocument {
  const match = LINE.exec(wholeLines('/proc/loadavg', text).join('\n'));
  if (match === null) throw new ParseError('/proc/loadavg is not "n.nn n.nn n.nn n/n n"');
  const [, load1, load5, load15, runnableTasks, tasks] = match.map(Number);
  if (load1 === undefined || load5 === undefined || load15 === undefined) throw new ParseError('unreachable');
  return { load1, load5, load15, runnableTasks: runnableTasks ?? 0, tasks: tasks ?? 0 };
}
