import type { FilesystemsDocument, MemoryDocument, ZfsPool } from '@proxmox-monitor/protocol';
import type { HostSummary, Severity } from '../api/schema.ts';
import { memoryUsage } from '../metrics/memory.ts';
import { networkTotal } from '../metrics/network.ts';
import type { HostReading, Moment } from './host-reading.ts';
import { poolProblem } from './pool-problem.ts';
import { present } from './present.ts';
import { isSilent, problemsOf } from './problems.ts';

/** A filesystem smaller than this (an EFI partition's, a firmware's) is full by design. */
const SMALL_FILESYSTEM_BYTES = 64 * 1024 ** 2;

/** One row of the fleet. What is not known is absent; a silent host keeps its last values. */
export function summaryOf(reading: HostReading, moment: Moment): HostSummary {
  const { host, latest, connected } = reading;
  const problems = problemsOf(reading, moment);
  const state = stateOf(reading, moment, problems[0]?.severity);
  const documents = latest?.documents ?? {};
  return {
    name: host.name,
    state,
    severity: problems[0]?.severity ?? (state === 'waiting' ? 'info' : 'ok'),
    problems,
    connected,
    cpuHistoryPercent: [...reading.cpuHistoryPercent],
    ...present('lastSeenAtMs', host.lastSeenAtMs),
    ...present('agentVersion', host.agentVersion),
    ...present('newerAgentVersion', reading.newerAgentVersion),
    ...present('cpu', documents.cpu && { logicalCpus: documents.cpu.body.logicalCpus, ...latest?.cpu }),
    ...present('memory', documents.memory && memoryOf(documents.memory.body)),
    ...present('load', documents.load && loadOf(documents.load.body)),
    ...present('worstFilesystem', documents.filesystems && worstFilesystem(documents.filesystems.body)),
    ...present('pools', documents.zfsPools && poolsOf(documents.zfsPools.body.pools)),
    ...present(
      'network',
      documents.network && latest && networkTotal(documents.network.body, latest.rates.interfaces),
    ),
  };
}

function stateOf(reading: HostReading, moment: Moment, worst: Severity | undefined): HostSummary['state'] {
  if (reading.host.lastSeenAtMs === null) return 'waiting';
  if (isSilent(reading.host.lastSeenAtMs, moment)) return 'silent';
  return worst === 'crit' || worst === 'warn' ? 'attention' : 'live';
}

/** The ARC is shown apart. */
function memoryOf(document: MemoryDocument): NonNullable<HostSummary['memory']> {
  const { arcBytes, ...usage } = memoryUsage(document);
  return { ...usage, ...present('arcBytes', arcBytes) };
}

function loadOf(load: NonNullable<HostSummary['load']>): NonNullable<HostSummary['load']> {
  return { load1: load.load1, load5: load.load5, load15: load.load15 };
}

/**
 * The fullest filesystem that could fill up: not a read-only one, which is full by design, nor a tiny one.
 * As `df` counts: reserved blocks are neither used nor free.
 */
export function worstFilesystem(document: FilesystemsDocument): HostSummary['worstFilesystem'] {
  return document.filesystems
    .filter((filesystem) => !filesystem.readOnly && filesystem.sizeBytes >= SMALL_FILESYSTEM_BYTES)
    .map(({ mountPoint, usedBytes, availableBytes, sizeBytes }) => ({
      mountPoint,
      usedPercent: usedBytes === 0 ? 0 : (usedBytes / (usedBytes + availableBytes)) * 100,
      usedBytes,
      sizeBytes,
    }))
    .toSorted((first, second) => second.usedPercent - first.usedPercent)[0];
}

export function poolsOf(pools: readonly ZfsPool[]): NonNullable<HostSummary['pools']> {
  const unwell = pools.flatMap((pool) => {
    const problem = poolProblem(pool);
    return problem === undefined ? [] : [{ name: pool.name, state: pool.state, severity: problem.severity }];
  });
  const fullest = pools
    .filter((pool) => pool.capacityPercent !== undefined)
    .toSorted((first, second) => (second.capacityPercent ?? 0) - (first.capacityPercent ?? 0))[0];
  const scrubs = pools.flatMap(({ lastScrub, scan }) => {
    // Agents before 0.3 do not remember the last one.
    const last = lastScrub ?? (scan?.function === 'scrub' && scan.state === 'finished' ? scan : undefined);
    return last?.endedAtMs === undefined ? [] : [last.endedAtMs];
  });
  return {
    total: pools.length,
    unwell,
    ...present('fullestPercent', fullest?.capacityPercent),
    ...present('fullestName', fullest?.name),
    ...present('lastScrubAtMs', scrubs.length === 0 ? undefined : Math.min(...scrubs)),
  };
}
