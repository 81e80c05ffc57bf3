import type { Documents, Source, ZfsPool } from '@proxmox-monitor/protocol';
import type { Host } from '../hosts/hosts.ts';
import { type LatestHost, NOTHING_YET, withDocuments } from '../ingest/latest.ts';
import { HostFindings } from './findings/find-all.ts';
import type { HostReading, Moment } from './host-reading.ts';

export const NOW_MS = Date.UTC(2026, 10, 23, 12);

interface Options extends Partial<Omit<HostReading, 'host' | 'latest'>> {
  readonly host?: Partial<Host>;
  readonly documents?: Documents;
  readonly rates?: LatestHost['rates'];
  readonly cpu?: LatestHost['cpu'];
  readonly sources?: Readonly<Record<string, Source>>;
}

/** For tests: a host that is live and well, but for what is said. */
export function hostReading(options: Options = {}): HostReading {
  const { documents = {}, rates = NOTHING_YET.rates, cpu = {}, sources = {}, host, ...rest } = options;
  const time = {
    streamId: 1,
    bootId: undefined,
    monotonicMs: 0,
    takenAtMs: NOW_MS - 5,
    receivedAtMs: NOW_MS,
  };
  const known = { ...HOST, ...host };
  const latest = withDocuments({}, documents, time);
  return {
    host: known,
    findings: new HostFindings().of(latest, NOW_MS + (known.clockSkewMs ?? 0)),
    latest: {
      ...NOTHING_YET,
      documents: latest,
      rates,
      cpu,
      sources: new Map(Object.entries(sources)),
    },
    connected: true,
    duplicate: undefined,
    cpuHistoryPercent: [],
    newerAgentVersion: undefined,
    ...rest,
  };
}

export function moment(more: Partial<Moment> = {}): Moment {
  return { nowMs: NOW_MS, serverUptimeMs: 86_400_000, ...more };
}

export function withPools(pools: ZfsPool[]): Options {
  return { documents: { zfsPools: { pools } } };
}

const HOST: Host = {
  id: 1,
  name: 'pve-01',
  createdAtMs: 0,
  tokenId: 'abcdefghijkl',
  tokenHash: Buffer.alloc(32),
  tokenCreatedAtMs: 0,
  firstConnectedAtMs: NOW_MS - 1_000_000,
  firstSampleAtMs: NOW_MS - 1_000_000,
  lastSeenAtMs: NOW_MS - 2_000,
  agentVersion: '0.1.0',
  bootId: null,
  facts: null,
  clockSkewMs: 12,
};
