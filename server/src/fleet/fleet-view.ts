import type { Fleet, HostDetail, HostSummary, RegisteredHost, RegisteredHosts } from '../api/schema.ts';
import { serverFolders } from '../apt-repository/layout.ts';
import { PublishedAgents } from '../apt-repository/published-agents.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/open.ts';
import { CpuHistory } from '../history/cpu-history.ts';
import type { HistoryStore } from '../history/history-store.ts';
import { findHostByName, type Host, listHosts } from '../hosts/hosts.ts';
import type { LatestStore } from '../ingest/latest.ts';
import type { Links } from '../ingest/links.ts';
import { installationOf } from '../installation/installation.ts';
import { VERSION } from '../version.ts';
import { detailOf, factsOf } from './detail.ts';
import { HostFindings } from './findings/find-all.ts';
import type { HostReading, Moment } from './host-reading.ts';
import { newerAgent } from './newer-agent.ts';
import { compareSeverity } from './problems.ts';
import { registeredHostOf } from './registered-host.ts';
import { summaryOf } from './summary.ts';

export interface FleetSources {
  readonly database: Database;
  readonly clock: Clock;
  readonly links: Links;
  readonly latest: Pick<LatestStore, 'get' | 'seenAtMs'>;
  readonly history: Pick<HistoryStore, 'minutesOfHost'>;
  readonly config: Pick<Config, 'databasePath' | 'authorityFile'>;
}

/** What the dashboard shows of the hosts, computed from what is stored and connected now. */
export class FleetView {
  readonly #sources: FleetSources;
  readonly #cpuHistory: CpuHistory;
  readonly #findings = new Map<number, HostFindings>();
  readonly #publishedAgents: PublishedAgents;
  readonly #startedAtMonotonicMs: number;

  constructor(sources: FleetSources) {
    this.#sources = sources;
    this.#cpuHistory = new CpuHistory(sources.history, sources.clock);
    this.#publishedAgents = new PublishedAgents(serverFolders(sources.config.databasePath).repository);
    this.#startedAtMonotonicMs = sources.clock.monotonic();
  }

  hosts(): readonly Host[] {
    return listHosts(this.#sources.database).map((host) => this.#seen(host));
  }

  host(name: string): Host | undefined {
    const host = findHostByName(this.#sources.database, name);
    return host && this.#seen(host);
  }

  /** The database says when a host was seen last some time later. */
  #seen(host: Host): Host {
    return { ...host, lastSeenAtMs: this.#sources.latest.seenAtMs(host.id) ?? host.lastSeenAtMs };
  }

  /** Worst first, then by name. */
  fleet(): Fleet {
    const hosts = this.hosts()
      .map((host) => this.summary(host))
      .toSorted((first, second) => compareSeverity(first.severity, second.severity));
    return { serverTimeMs: this.#sources.clock.now(), hosts };
  }

  summary(host: Host): HostSummary {
    const moment = this.#moment();
    return summaryOf(this.#read(host, moment), moment);
  }

  detail(host: Host): HostDetail {
    const moment = this.#moment();
    return detailOf(this.#read(host, moment), moment);
  }

  registered(host: Host): RegisteredHost {
    return registeredHostOf(host, this.#sources.links.isConnected(host.id), this.#newerAgentVersion(host));
  }

  registeredHosts(server: { readonly url: string; readonly version: string }): RegisteredHosts {
    return {
      serverTimeMs: this.#sources.clock.now(),
      serverUrl: server.url,
      serverVersion: server.version,
      installation: installationOf(this.#publishedAgents.offer(), this.#sources.config.authorityFile),
      hosts: this.hosts().map((host) => this.registered(host)),
    };
  }

  /** Samples of these hosts were stored. */
  committed(hostIds: readonly number[]): void {
    for (const hostId of hostIds) this.#cpuHistory.changed(hostId);
  }

  /** Hosts were registered or removed. */
  hostsChanged(): void {
    const hostIds = new Set(this.hosts().map((host) => host.id));
    this.#cpuHistory.keep(hostIds);
    for (const hostId of this.#findings.keys()) if (!hostIds.has(hostId)) this.#findings.delete(hostId);
  }

  #read(host: Host, { nowMs }: Moment): HostReading {
    const { latest: store, links } = this.#sources;
    const latest = store.get(host.id);
    return {
      host,
      latest,
      findings: this.#findingsOf(host.id).of(latest?.documents ?? {}, nowMs + (host.clockSkewMs ?? 0)),
      connected: links.isConnected(host.id),
      duplicate: links.duplicateOf(host.id),
      cpuHistoryPercent: this.#cpuHistory.of(host.id),
      newerAgentVersion: this.#newerAgentVersion(host),
    };
  }

  #findingsOf(hostId: number): HostFindings {
    const known = this.#findings.get(hostId) ?? new HostFindings();
    this.#findings.set(hostId, known);
    return known;
  }

  #newerAgentVersion(host: Host): string | undefined {
    const architecture = (): string | undefined => factsOf(host.facts)?.architecture;
    return newerAgent({ version: host.agentVersion, architecture }, this.#publishedAgents.offer(), VERSION);
  }

  #moment(): Moment {
    const { clock } = this.#sources;
    return { nowMs: clock.now(), serverUptimeMs: clock.monotonic() - this.#startedAtMonotonicMs };
  }
}
