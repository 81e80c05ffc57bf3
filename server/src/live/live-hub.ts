import type { FastifyBaseLogger } from 'fastify';
import type { LiveTime, ServerTrouble } from '../api/schema.ts';
import type { Session, Sessions } from '../auth/session.ts';
import type { Clock } from '../clock.ts';
import type { ServerEvents } from '../events.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import { present } from '../fleet/present.ts';
import type { Host } from '../hosts/hosts.ts';
import type { EventStream } from './event-stream.ts';

const TICK_MS = 1_000;
/** Every host is looked at again at least this often, so that silence shows without any event. */
const REVIEW_TICKS = 5;
const HEARTBEAT_TICKS = 15;
const CLIENTS_MAX = 200;

export interface LiveHubSources {
  readonly fleet: FleetView;
  readonly sessions: Sessions;
  readonly events: ServerEvents;
  readonly clock: Clock;
  /** What keeps the server from storing, if anything does. */
  trouble?(): ServerTrouble | undefined;
}

interface Client {
  readonly stream: EventStream;
  readonly session: Session;
  /** The host whose details it wants too. */
  readonly hostName: string | undefined;
  /** It has seen everything up to this version. */
  version: number;
  /** The trouble that it was told of; empty: none. */
  trouble: string;
}

interface HostState {
  readonly host: Host;
  readonly summaryJson: string;
  /** When the summary, and when anything about the host changed last. */
  readonly summaryVersion: number;
  readonly touchedVersion: number;
}

/**
 * Tells open dashboards what changed, at most once a second.
 *
 * Every change of a host's row gets the next number of one count. A client remembers the number that it has
 * seen and gets each row that is newer, as it is now. So one that reads slowly is simply left out until it
 * has caught up, and then gets the latest state: nothing is queued for it and nothing is lost.
 */
export class LiveHub {
  readonly #sources: LiveHubSources;
  readonly #clients = new Set<Client>();
  readonly #touched = new Set<number>();
  readonly #states = new Map<number, HostState>();
  #version = 0;
  /** When a host was removed last: clients that saw less need the whole list. */
  #removedVersion = 0;
  #ticks = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(sources: LiveHubSources) {
    this.#sources = sources;
    const { events, fleet } = sources;
    events.on('committed', (hostIds) => {
      fleet.committed(hostIds);
      for (const hostId of hostIds) this.#touched.add(hostId);
    });
    events.on('linkChanged', (hostId) => this.#touched.add(hostId));
    events.on('hostsChanged', () => fleet.hostsChanged());
  }

  /** A round that fails is told once, and the next one tries again. */
  start(log: Pick<FastifyBaseLogger, 'error'>): void {
    let failing = false;
    this.#timer = setInterval(() => {
      try {
        this.tick();
        failing = false;
      } catch (error) {
        if (!failing) log.error({ err: error }, 'live updates fail');
        failing = true;
      }
    }, TICK_MS);
    this.#timer.unref();
  }

  /** Ends every stream: browsers come back by themselves. */
  close(): void {
    clearInterval(this.#timer);
    for (const client of this.#clients) client.stream.end();
  }

  get full(): boolean {
    return this.#clients.size >= CLIENTS_MAX;
  }

  /** Sends the whole state at once, then what changes, until the browser leaves or the session ends. */
  attach(stream: EventStream, session: Session, hostName?: string): void {
    const client: Client = { stream, session, hostName, version: -1, trouble: '' };
    this.#clients.add(client);
    stream.onClose(() => this.#clients.delete(client));
    this.#review(() => true);
    this.#update(client);
  }

  /** One round. Called by the timer; by tests without it. */
  tick(): void {
    this.#ticks += 1;
    if (this.#clients.size === 0) return;
    const turn = this.#ticks % REVIEW_TICKS;
    this.#review((host) => host.id % REVIEW_TICKS === turn);
    for (const client of this.#clients) {
      if (turn === 0 && !this.#sources.sessions.touch(client.session.tokenHash)) client.stream.end();
      else if (!client.stream.congested) this.#update(client);
    }
  }

  /** Computes the rows of hosts about which something was heard, and of those whose turn it is. */
  #review(isDue: (host: Host) => boolean): void {
    const hosts = this.#sources.fleet.hosts();
    for (const host of hosts) {
      const touched = this.#touched.has(host.id);
      if (touched || isDue(host) || !this.#states.has(host.id)) this.#reviewHost(host, touched);
    }
    this.#touched.clear();
    const present = new Set(hosts.map((host) => host.id));
    for (const hostId of this.#states.keys()) {
      if (present.has(hostId)) continue;
      this.#states.delete(hostId);
      this.#version += 1;
      this.#removedVersion = this.#version;
    }
  }

  #reviewHost(host: Host, touched: boolean): void {
    const before = this.#states.get(host.id);
    const summaryJson = JSON.stringify(this.#sources.fleet.summary(host));
    const changed = summaryJson !== before?.summaryJson;
    if (changed || touched) this.#version += 1;
    this.#states.set(host.id, {
      host,
      summaryJson,
      summaryVersion: changed ? this.#version : before.summaryVersion,
      touchedVersion: changed || touched ? this.#version : before.touchedVersion,
    });
  }

  #update(client: Client): void {
    const seen = client.version;
    client.version = this.#version;
    const complete = seen < this.#removedVersion || seen < 0;
    const rows = [...this.#states.values()].filter((state) => complete || state.summaryVersion > seen);
    if (complete || rows.length > 0) client.stream.send('fleet', this.#fleetJson(complete, rows));
    const own = [...this.#states.values()].find((state) => state.host.name === client.hostName);
    if (own !== undefined && own.touchedVersion > seen) {
      client.stream.send('host', JSON.stringify(this.#sources.fleet.detail(own.host)));
    }
    const trouble = this.#sources.trouble?.();
    const told = trouble === undefined ? '' : JSON.stringify(trouble);
    if (this.#ticks % HEARTBEAT_TICKS === 0 || told !== client.trouble) {
      const time: LiveTime = { serverTimeMs: this.#sources.clock.now(), ...present('trouble', trouble) };
      client.stream.send('time', JSON.stringify(time));
      client.trouble = told;
    }
  }

  /** A LiveFleet. The rows are JSON already, written once for all clients. */
  #fleetJson(complete: boolean, rows: readonly HostState[]): string {
    const hosts = rows.map((state) => state.summaryJson).join(',');
    return `{"serverTimeMs":${this.#sources.clock.now()},"complete":${complete},"hosts":[${hosts}]}`;
  }
}
