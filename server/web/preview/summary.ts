import type { HostSummary } from '../../src/api/schema.ts';
import type { InventedHost } from './hosts.ts';
import { INVENTED_VERSION } from './installation.ts';
import { wave } from './random.ts';

const GIB = 1024 ** 3;
const MINUTE_MS = 60_000;
export const SILENT_FOR_MS = 26 * MINUTE_MS;

/** A row of the fleet before anybody looked for problems. */
export function plainSummaryOf(host: InventedHost, nowMs: number): HostSummary {
  if (host.condition === 'waiting') {
    return {
      name: host.name,
      state: 'waiting',
      severity: 'info',
      problems: [],
      connected: false,
      cpuHistoryPercent: [],
    };
  }
  const silent = host.condition === 'silent';
  const lastSeenAtMs = silent ? nowMs - SILENT_FOR_MS : nowMs - (nowMs % 10_000);
  const usedPercent = Math.min(
    100,
    wave(`${host.name}cpu`, lastSeenAtMs, host.cpuPercent, host.cpuPercent * 0.4),
  );
  return {
    name: host.name,
    state: silent ? 'silent' : 'live',
    severity: 'ok',
    problems: [],
    connected: !silent,
    lastSeenAtMs,
    ...inventedAgent(host),
    cpu: { logicalCpus: host.logicalCpus, usedPercent, ioWaitPercent: usedPercent / 20 },
    cpuHistoryPercent: Array.from({ length: 60 }, (_, index) => {
      const atMs = nowMs - (nowMs % MINUTE_MS) - (59 - index) * MINUTE_MS;
      if (atMs > lastSeenAtMs) return null;
      return Math.min(100, wave(`${host.name}cpu`, atMs, host.cpuPercent, host.cpuPercent * 0.4));
    }),
    memory: memoryOf(host, lastSeenAtMs),
    load: {
      load1: (host.logicalCpus * usedPercent) / 90,
      load5: host.logicalCpus / 4,
      load15: host.logicalCpus / 5,
    },
    worstFilesystem: {
      mountPoint: host.pools.length > 1 ? '/tank/subvol-131-disk-0' : '/',
      usedPercent: 30 + host.cpuPercent * 0.7,
      usedBytes: 300 * GIB,
      sizeBytes: 900 * GIB,
    },
    network: {
      receiveBytesPerSecond: wave(
        `${host.name}rx`,
        lastSeenAtMs,
        host.cpuPercent * 2e6,
        host.cpuPercent * 1e6,
      ),
      sendBytesPerSecond: wave(`${host.name}tx`, lastSeenAtMs, host.cpuPercent * 3e5, host.cpuPercent * 2e5),
    },
  };
}

function inventedAgent(host: InventedHost): Pick<HostSummary, 'agentVersion' | 'newerAgentVersion'> {
  if (host.behind !== true) return { agentVersion: INVENTED_VERSION };
  return { agentVersion: '0.1.0', newerAgentVersion: INVENTED_VERSION };
}

export function memoryOf(host: InventedHost, atMs: number): NonNullable<HostSummary['memory']> {
  const totalBytes = host.memoryGib * GIB;
  const share = (wave(`${host.name}memory`, atMs, 50, 8) + host.cpuPercent / 4) / 100;
  return {
    totalBytes,
    usedBytes: totalBytes * share,
    usedPercent: share * 100,
    ...(host.pools.length === 0 ? {} : { arcBytes: totalBytes * 0.17 }),
  };
}
