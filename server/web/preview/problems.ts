import type { HostDetail, HostSummary } from '../../src/api/schema.ts';
import { HostFindings } from '../../src/fleet/findings/find-all.ts';
import type { HostReading } from '../../src/fleet/host-reading.ts';
import { problemsOf } from '../../src/fleet/problems.ts';
import { guestsOf, poolsOf } from '../../src/fleet/summary.ts';
import { NOTHING_YET } from '../../src/ingest/latest.ts';
import type { InventedHost } from './hosts.ts';

/** The host with its problems, found by the server's own rules. */
export function withProblems(detail: HostDetail, { name, condition }: InventedHost): HostDetail {
  const { summary, serverTimeMs: nowMs, clockSkewMs = 0, documents } = detail;
  if (summary.state === 'waiting') return detail;
  const at = { streamId: 1, bootId: undefined, monotonicMs: 0 };
  const latest = {
    ...NOTHING_YET,
    documents: Object.fromEntries(
      Object.entries(documents).map(([key, document]) => [key, { ...at, ...document }]),
    ),
    sources: new Map(detail.sources.map((entry) => [entry.name, entry.source])),
  };
  const reading: HostReading = {
    host: { ...NOBODY, name, lastSeenAtMs: summary.lastSeenAtMs ?? null, clockSkewMs },
    latest,
    findings: new HostFindings().of(latest.documents, nowMs + clockSkewMs),
    connected: summary.connected,
    duplicate: condition === 'duplicate' ? { ...CLONE, atMs: nowMs - 40_000 } : undefined,
    newerAgentVersion: undefined,
    cpuHistoryPercent: [],
  };
  const problems = problemsOf(reading, { nowMs, serverUptimeMs: 86_400_000 });
  const worst = problems[0]?.severity ?? 'ok';
  const severity = worst === 'info' ? 'ok' : worst;
  const { zfsPools, smart, pveGuests } = documents;
  const found: HostSummary = {
    ...summary,
    severity,
    problems,
    state: summary.state === 'silent' ? 'silent' : severity === 'ok' ? 'live' : 'attention',
    ...(zfsPools === undefined ? {} : { pools: poolsOf(zfsPools.body.pools, reading) }),
    ...(smart === undefined ? {} : { disks: { total: smart.body.disks.length } }),
    ...(pveGuests === undefined ? {} : { guests: guestsOf(pveGuests.body.guests) }),
  };
  return { ...detail, summary: found };
}

const CLONE = { address: '192.0.2.77', hostname: 'zrh-01-clone', connectedAddress: '192.0.2.10' };

const NOBODY = {
  id: 1,
  createdAtMs: 0,
  tokenId: '',
  tokenHash: Buffer.alloc(32),
  tokenCreatedAtMs: 0,
  firstConnectedAtMs: 0,
  firstSampleAtMs: 0,
  agentVersion: null,
  bootId: null,
  facts: null,
};
