import type { CpuDocument } from '@proxmox-monitor/protocol';

export interface CpuUsage {
  /** Everything but idle and waiting for I/O. */
  readonly usedPercent: number;
  readonly ioWaitPercent: number;
}

/**
 * Shares of the time between two readings. The time itself is the sum of the counters, so no clock is needed.
 * @returns undefined when no time passed or a counter started anew
 */
export function cpuUsage(previous: CpuDocument, current: CpuDocument): CpuUsage | undefined {
  const user = current.userSeconds - previous.userSeconds;
  const system = current.systemSeconds - previous.systemSeconds;
  if (user < 0 || system < 0) return undefined;
  const used =
    user +
    system +
    grown(previous.niceSeconds, current.niceSeconds) +
    grown(previous.irqSeconds, current.irqSeconds) +
    grown(previous.softIrqSeconds, current.softIrqSeconds) +
    grown(previous.stealSeconds, current.stealSeconds);
  const ioWait = grown(previous.ioWaitSeconds, current.ioWaitSeconds);
  const total = used + ioWait + grown(previous.idleSeconds, current.idleSeconds);
  if (total <= 0) return undefined;
  return { usedPercent: (100 * used) / total, ioWaitPercent: (100 * ioWait) / total };
}

/** The kernel's idle and iowait may step back a little when a CPU goes to sleep: that is no time. */
function grown(previous: number, current: number): number {
  return Math.max(0, current - previous);
}
