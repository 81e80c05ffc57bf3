import type { HostSummary } from '../../src/api/schema.ts';

export const NOW_MS = Date.UTC(2026, 10, 22, 13, 28);
const GIB = 1024 ** 3;

/** A host that is well, with what a test changes about it. */
export function host(name: string, changes: Partial<HostSummary> = {}): HostSummary {
  return {
    name,
    state: 'live',
    severity: 'ok',
    problems: [],
    connected: true,
    lastSeenAtMs: NOW_MS - 2_000,
    agentVersion: '0.1.0',
    cpu: { logicalCpus: 16, usedPercent: 25, ioWaitPercent: 1 },
    cpuHistoryPercent: [20, 25, null, 30],
    memory: { totalBytes: 64 * GIB, usedBytes: 32 * GIB, arcBytes: 8 * GIB, usedPercent: 50 },
    load: { load1: 4, load5: 3, load15: 2 },
    worstFilesystem: { mountPoint: '/', usedPercent: 40, usedBytes: 40 * GIB, sizeBytes: 100 * GIB },
    pools: {
      total: 1,
      unwell: [],
      fullestPercent: 46,
      fullestName: 'rpool',
      lastScrubAtMs: NOW_MS - 6 * 86_400_000,
    },
    network: { receiveBytesPerSecond: 84_100_000, sendBytesPerSecond: 12_000_000 },
    ...changes,
  };
}

export function degraded(name: string): HostSummary {
  return host(name, {
    state: 'attention',
    severity: 'crit',
    problems: [
      {
        severity: 'crit',
        kind: 'pool',
        subject: 'rpool',
        brief: 'rpool is DEGRADED',
        place: 'zfs',
        sentence: 'Pool rpool is DEGRADED: sdb in mirror-0 is FAULTED.',
      },
    ],
    pools: { total: 2, unwell: [{ name: 'rpool', state: 'DEGRADED', severity: 'crit' }] },
  });
}

export function silent(name: string): HostSummary {
  const lastSeenAtMs = NOW_MS - 26 * 60_000 - 5_000;
  return host(name, {
    state: 'silent',
    severity: 'silent',
    connected: false,
    lastSeenAtMs,
    problems: [
      {
        severity: 'silent',
        kind: 'silent',
        brief: 'Silent',
        sentence: `${name} sends no data, and its agent is not connected.`,
        sinceMs: lastSeenAtMs,
      },
      {
        severity: 'silent',
        kind: 'pool',
        subject: 'tank',
        brief: 'tank is DEGRADED',
        sentence: 'Last known: Pool tank is DEGRADED.',
      },
    ],
  });
}

export function waiting(name: string): HostSummary {
  return {
    name,
    state: 'waiting',
    severity: 'info',
    problems: [],
    connected: false,
    cpuHistoryPercent: [],
  };
}

export function sourceFailed(name: string): HostSummary {
  return host(name, {
    state: 'attention',
    severity: 'warn',
    problems: [
      {
        severity: 'warn',
        kind: 'source',
        subject: 'zfsPools',
        brief: 'Source zfsPools does not answer',
        sentence: 'The source zfsPools does not answer.',
      },
      {
        severity: 'warn',
        kind: 'clock',
        brief: 'Its clock is off',
        sentence: 'The clock is 3 min ahead of the server’s.',
      },
    ],
  });
}
