import { systemClock } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import type { Host } from '../host.ts';
import type { Rrd } from './rrd.ts';

/** pvestatd writes every 10 s; one hung storage stops it for the whole node. */
const SILENT_MS = 60_000;

/** The host's time. A recorded host was recorded at the time that it tells. */
export function timeOf(host: Host, rrd: Rrd, nodeName: string): number {
  const atSeconds = rrd.nodes.get(nodeName)?.atSeconds;
  return host.root === '/' || atSeconds === undefined ? systemClock.now() : atSeconds * 1000;
}

/** Why the values that pvestatd writes are old; undefined when they are not. */
export function pvestatdSilence(rrd: Rrd, nodeName: string, nowMs: number): string | undefined {
  const atSeconds = rrd.nodes.get(nodeName)?.atSeconds;
  if (atSeconds === undefined) return 'pvestatd says nothing of this node; see: systemctl status pvestatd';
  const silentMs = nowMs - atSeconds * 1000;
  if (silentMs <= SILENT_MS) return undefined;
  return `pvestatd has been silent for ${formatDuration(silentMs)}, often because a storage hangs`;
}
