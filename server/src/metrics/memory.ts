import type { MemoryDocument } from '@proxmox-monitor/protocol';

export interface MemoryUsage {
  readonly totalBytes: number;
  /** Without what the kernel and the ARC would give back under pressure. */
  readonly usedBytes: number;
  readonly usedPercent: number;
  readonly arcBytes: number | undefined;
}

/** The kernel counts the ARC as used although all of it beyond its minimum can be freed. */
export function memoryUsage(document: MemoryDocument): MemoryUsage {
  const { totalBytes, availableBytes, zfsArcBytes, zfsArcMinimumBytes } = document;
  const freeable = Math.max(0, (zfsArcBytes ?? 0) - (zfsArcMinimumBytes ?? 0));
  const usedBytes = Math.max(0, totalBytes - availableBytes - freeable);
  const usedPercent = totalBytes > 0 ? (100 * usedBytes) / totalBytes : 0;
  return { totalBytes, usedBytes, usedPercent, arcBytes: zfsArcBytes };
}
