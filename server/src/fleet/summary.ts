import type { FilesystemsDocument, MemoryDocument, PveGuest, ZfsPool } from '@proxmox-monitor/protocol';
import type { HostSummary, Severity } from '../api/schema.ts';
import { memoryUsage } from '../metrics/memory.ts';
import { networkTotal } from '../metrics/network.ts';
import { canFill, usedPercentOf } from './findings/filesystems.ts';
import { lastScrubOf } from './findings/scrubs.ts';
import type { HostReading, Moment } from './host-reading.ts';
import { present } from './present.ts';
import { isSilent, problemsOf } from './problems.ts';

/** One row of the fleet. What is not known is absent; a silent host keeps its last values. */
export function summaryOf(reading: HostReading, moment: Moment): HostSummary {
  const { host, latest, connected } = reading;
  const problems = problemsOf(reading, moment);
  const state = stateOf(reading, moment, problems[0]?.severity);
  const documents = latest?.documents ?? {};
  return {
    name: host.name,
    state,
    severity: severityOf(state, problems[0]?.severity),
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
    ...present('pools', documents.zfsPools && poolsOf(documents.zfsPools.body.pools, reading)),
    ...present('disks', documents.smart && { total: documents.smart.body.disks.length }),
    ...present('guests', documents.pveGuests && guestsOf(documents.pveGuests.body.guests)),
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

/** That something is worth knowing makes a host no less well. */
function severityOf(state: HostSummary['state'], worst: Severity | undefined): Severity {
  if (worst !== undefined && worst !== 'info') return worst;
  return state === 'waiting' ? 'info' : 'ok';
}

/** Templates are no guests yet. */
export function guestsOf(guests: readonly PveGuest[]): NonNullable<HostSummary['guests']> {
  const own = guests.filter(({ isTemplate }) => !isTemplate);
  return { total: own.length, running: own.filter(({ status }) => status === 'running').length };
}

/** The ARC is shown apart. */
function memoryOf(document: MemoryDocument): NonNullable<HostSummary['memory']> {
  const { arcBytes, ...usage } = memoryUsage(document);
  return { ...usage, ...present('arcBytes', arcBytes) };
}

function loadOf(load: NonNullable<HostSummary['load']>): NonNullable<HostSummary['load']> {
  return { load1: load.load1, load5: load.load5, load15: load.load15 };
}

/** The fullest filesystem that could fill up. */
export function worstFilesystem(document: FilesystemsDocument): HostSummary['worstFilesystem'] {
  return document.filesystems
    .filter(canFill)
    .map((filesystem) => ({
      mountPoint: filesystem.mountPoint,
      usedPercent: usedPercentOf(filesystem),
      usedBytes: filesystem.usedBytes,
      sizeBytes: filesystem.sizeBytes,
    }))
    .toSorted((first, second) => second.usedPercent - first.usedPercent)[0];
}

export function poolsOf(
  pools: readonly ZfsPool[],
  { findings }: Pick<HostReading, 'findings'>,
): NonNullable<HostSummary['pools']> {
  const states = new Map(pools.map(({ name, state }) => [name, state]));
  const unwell = findings.flatMap((found) =>
    found.findings.flatMap(({ kind, subject = '', severity }) => {
      const state = kind === 'pool' ? states.get(subject) : undefined;
      return state === undefined ? [] : [{ name: subject, state, severity }];
    }),
  );
  const fullest = pools
    .filter((pool) => pool.capacityPercent !== undefined)
    .toSorted((first, second) => (second.capacityPercent ?? 0) - (first.capacityPercent ?? 0))[0];
  const scrubs = pools.flatMap((pool) => lastScrubOf(pool)?.endedAtMs ?? []);
  return {
    total: pools.length,
    unwell,
    ...present('fullestPercent', fullest?.capacityPercent),
    ...present('fullestName', fullest?.name),
    ...present('lastScrubAtMs', scrubs.length === 0 ? undefined : Math.min(...scrubs)),
  };
}
