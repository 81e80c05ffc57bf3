import { fstatSync } from 'node:fs';

/** Priorities of syslog, by the least of pino's levels that has them. */
const PRIORITIES: readonly (readonly [level: number, priority: number])[] = [
  [50, 3],
  [40, 4],
  [30, 6],
  [0, 7],
];

/**
 * True when what is written to `descriptor` goes to the journal. See "JOURNAL_STREAM" in systemd.exec(5): device and
 * inode of what the service manager connected.
 */
export function isJournal(descriptor: 1 | 2): boolean {
  const { dev, ino } = fstatSync(descriptor);
  return process.env['JOURNAL_STREAM'] === `${dev}:${ino}`;
}

/** A line of pino's with the priority of its level in front, which journald reads and takes away: `journalctl -p` needs it. */
export function withPriority(line: string): string {
  const level = Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? 30);
  const priority = PRIORITIES.find(([least]) => level >= least)?.[1] ?? 6;
  return `<${priority}>${line}`;
}
