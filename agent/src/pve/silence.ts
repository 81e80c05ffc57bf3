import { formatDuration } from '../duration.ts';
import type { Rrd } from './rrd.ts';

/** pvestatd writes every 10 s; one hung storage stops it for the whole node. */
const SILENT_MS = 60_000;

/** When pvestatd last told of a node, in milliseconds since 1970. */
export function toldAtMs(rrd: Rrd, nodeName: string): number | undefined {
  const atSeconds = rrd.nodes.get(nodeName)?.atSeconds;
  return atSeconds === undefined ? undefined : atSeconds * 1000;
}

/** Why the values that pvestatd writes are old; undefined when they are not. */
export function pvestatdSilence(rrd: Rrd, nodeName: string, nowMs: number): string | undefined {
  const atMs = toldAtMs(rrd, nodeName);
  if (atMs === undefined) return 'pvestatd says nothing of this node; see: systemctl status pvestatd';
  const silentMs = nowMs - atMs;
  if (silentMs <= SILENT_MS) return undefined;
  return `pvestatd has been silent for ${formatDuration(silentMs)}, often because a storage hangs`;
}
