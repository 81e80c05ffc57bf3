import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { DOCUMENT_NAMES, Documents, HostFacts, Sources } from '@proxmox-monitor/protocol';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import type { HostDetail } from '../../src/api/schema.ts';
import type { InventedHost } from './hosts.ts';

/** What `proxmox-monitor-agent collect` prints. */
const Recorded = Type.Object({
  takenAtMs: Type.Number(),
  facts: Type.Optional(HostFacts),
  documents: Documents,
  sources: Sources,
});
export type Recorded = Static<typeof Recorded>;

/** A host from a file into which `proxmox-monitor-agent collect` was written. @throws when it holds anything else */
export function recordedHost(path: string): InventedHost {
  const recorded: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Check(Recorded, recorded))
    throw new Error(`${path} is not what "proxmox-monitor-agent collect" prints`);
  const name = basename(path, '.json');
  return {
    name,
    logicalCpus: 8,
    memoryGib: 32,
    cpuPercent: 12,
    pools: recorded.documents.zfsPools?.pools ?? [],
    recorded,
  };
}

/** All about a recorded host. Its times are its own: it was seen when it was recorded. */
export function recordedDetail(
  recorded: Recorded,
  summary: HostDetail['summary'],
  nowMs: number,
): HostDetail {
  const at = { receivedAtMs: nowMs, takenAtMs: recorded.takenAtMs };
  return {
    serverTimeMs: nowMs,
    summary,
    ...(recorded.facts === undefined ? {} : { facts: recorded.facts }),
    clockSkewMs: recorded.takenAtMs - nowMs,
    rates: { disks: [], interfaces: [], guests: [] },
    documents: Object.fromEntries(
      DOCUMENT_NAMES.filter((name) => name in recorded.documents).map((name) => [
        name,
        { ...at, body: recorded.documents[name] },
      ]),
    ),
    sources: Object.entries(recorded.sources).map(([name, source]) => ({ name, source })),
  };
}
