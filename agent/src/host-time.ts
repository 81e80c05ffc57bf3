import { systemClock } from './clock.ts';
import type { Host } from './host.ts';

/**
 * The host's time, in milliseconds since 1970. That of a recorded host is when it was recorded: its kernel's time of
 * boot and how long it had been up then.
 * @param toldMs for a recorded host without these, the latest time that its other files tell of
 */
export async function timeOf(host: Host, toldMs: number | undefined): Promise<number> {
  if (host.root === '/') return systemClock.now();
  const [stat, uptime] = await Promise.all([host.read('/proc/stat'), host.read('/proc/uptime')]);
  const bootSeconds = /^btime (\d{1,12})$/m.exec(stat ?? '')?.[1];
  const upSeconds = /^\d{1,12}/.exec(uptime ?? '')?.[0];
  if (bootSeconds === undefined || upSeconds === undefined) return toldMs ?? systemClock.now();
  return (Number(bootSeconds) + Number(upSeconds)) * 1000;
}
