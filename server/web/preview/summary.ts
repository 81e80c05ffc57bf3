import type { HostSummary, Problem } from '../../src/api/schema.ts';
import { compareSeverity } from '../fleet/severity.ts';
import { poolVerdict } from '../zfs/pool-sentence.ts';
import type { InventedHost } from './hosts.ts';
import { INVENTED_VERSION } from './installation.ts';
import { wave } from './random.ts';

const GIB = 1024 ** 3;
const MINUTE_MS = 60_000;
export const SILENT_FOR_MS = 26 * MINUTE_MS;

/** A row of the fleet as the server would make it. */
export function summaryOf(host: InventedHost, nowMs: number): HostSummary {
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
  const problems = problemsOf(host, nowMs);
  const severity = problems[0]?.severity ?? 'ok';
  const usedPercent = Math.min(
    100,
    wave(`${host.name}cpu`, lastSeenAtMs, host.cpuPercent, host.cpuPercent * 0.4),
  );
  return {
    name: host.name,
    state: silent ? 'silent' : severity === 'ok' ? 'live' : 'attention',
    severity,
    problems,
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
    ...(host.pools.length === 0 ? {} : { pools: poolsOf(host) }),
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

function poolsOf(host: InventedHost): NonNullable<HostSummary['pools']> {
  const unwell = host.pools.flatMap((pool) => {
    const { severity } = poolVerdict(pool);
    return severity === 'ok' ? [] : [{ name: pool.name, state: pool.state, severity }];
  });
  const fullest = host.pools.toSorted(
    (first, second) => (second.capacityPercent ?? 0) - (first.capacityPercent ?? 0),
  )[0];
  const scrub = host.pools.find(({ scan }) => scan?.function === 'scrub')?.scan?.endedAtMs;
  return {
    total: host.pools.length,
    unwell,
    ...(fullest?.capacityPercent === undefined
      ? {}
      : { fullestPercent: fullest.capacityPercent, fullestName: fullest.name }),
    ...(scrub === undefined ? {} : { lastScrubAtMs: scrub }),
  };
}

function problemsOf(host: InventedHost, nowMs: number): Problem[] {
  const sinceMs = nowMs - (nowMs % 86_400_000) - 3 * 3_600_000;
  const pools = host.pools.flatMap((pool): Problem[] => {
    const { severity, sentences } = poolVerdict(pool);
    if (severity === 'ok') return [];
    const sentence = `Pool ${pool.name} is ${pool.state}: ${sentences[0] ?? ''}`;
    return [{ severity, kind: 'pool', subject: pool.name, sentence, sinceMs }];
  });
  const own = conditionProblem(host, nowMs);
  return [...(own === undefined ? [] : [own]), ...pools].toSorted((first, second) =>
    compareSeverity(first.severity, second.severity),
  );
}

function conditionProblem({ name, condition }: InventedHost, nowMs: number): Problem | undefined {
  switch (condition) {
    case 'silent': {
      const sentence = `${name} sends no data, and its agent is not connected.`;
      return { severity: 'silent', kind: 'silent', sentence, sinceMs: nowMs - SILENT_FOR_MS };
    }
    case 'sourceStuck': {
      const sentence = 'The source zfsPools does not answer: zpool status ran for longer than 30 s.';
      return {
        severity: 'warn',
        kind: 'source',
        subject: 'zfsPools',
        sentence,
        sinceMs: nowMs - 14 * MINUTE_MS,
      };
    }
    case 'duplicate': {
      const sentence = `Two agents use the token of ${name}: 192.0.2.10 is connected, 192.0.2.77 (zrh-01-clone) was refused. If you know only one of them, give the host a new token.`;
      return { severity: 'warn', kind: 'duplicate', sentence, sinceMs: nowMs - 40_000 };
    }
    default:
      return undefined;
  }
}
