import { CLOSE_CODES, type GapFrame, type HelloFrame, type SampleFrame } from '@proxmox-monitor/protocol';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { stream } from '../db/schema/index.ts';
import type { ServerEvents } from '../events.ts';
import { DatabaseDamage } from '../health/database-damage.ts';
import { HistoryStore } from '../history/history-store.ts';
import { LegacySamples } from '../history/legacy-samples.ts';
import type { TierRetention } from '../history/tiers.ts';
import { HistoryUpkeep } from '../history/upkeep.ts';
import { findHostByName, listHosts } from '../hosts/hosts.ts';
import { AgentConnection, type AgentIdentity } from './agent-connection.ts';
import { Allowance } from './allowance.ts';
import { ChangeWatcher } from './change-watcher.ts';
import { Committer, DAMAGED, DAMAGED_RETRY_MS, type StorageHealth } from './committer.ts';
import { LatestStore } from './latest.ts';
import { LinkRegistry } from './link-registry.ts';
import type { Links } from './links.ts';
import type { Log } from './log.ts';
import { Retention } from './retention.ts';
import { registerRoute } from './route.ts';
import { sampleTime } from './sample-time.ts';
import { loadLatest } from './stored-latest.ts';
import { StreamLedger } from './stream-ledger.ts';
import { INGEST_LIMITS, INGEST_TIMING, type IngestTiming } from './timing.ts';

export interface IngestOptions {
  readonly database: Database;
  readonly events: ServerEvents;
  readonly clock: Clock;
  readonly log: Log;
  readonly retention: TierRetention;
  /** Named when one of them has to be restored. */
  readonly backupFolder?: string;
  readonly timing?: Partial<IngestTiming>;
}

/** The side of the server that agents speak to. */
export interface Ingest {
  readonly links: Links;
  readonly latest: LatestStore;
  readonly history: HistoryStore;
  /** Adds the agents' route. */
  register(app: FastifyInstance): Promise<void>;
  /** Whether what agents send reaches the disk. */
  health(): StorageHealth;
  /** Tells of an error that reading the database has met: it may be damaged. */
  noticeDamage(error: unknown): void;
  /** Commits what waits, acknowledges it, and closes every agent with "coming back". */
  close(): Promise<void>;
}

/** A sample that came later than this after it was taken says nothing about the host's clock. */
const LIVE_MS = 2_000;

const REVOKED = 'the token was revoked or the host removed';
const STOPPING = 'the server stops; come back in a moment';

export function createIngest(options: IngestOptions): Ingest {
  return new RunningIngest(options);
}

class RunningIngest implements Ingest {
  readonly links: LinkRegistry;
  readonly latest = new LatestStore();
  readonly history: HistoryStore;
  readonly #options: IngestOptions;
  readonly #timing: IngestTiming;
  readonly #committer: Committer;
  readonly #ledger: StreamLedger;
  readonly #damage: DatabaseDamage;
  readonly #upkeep: HistoryUpkeep;
  readonly #retention: Retention;
  readonly #watcher: ChangeWatcher;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #connections = new Set<AgentConnection>();
  readonly #allowances = new Map<number, Allowance>();
  readonly #onHostsChanged = (): void => this.#checkHosts();
  #state: 'open' | 'closed' = 'open';

  constructor(options: IngestOptions) {
    this.#options = options;
    const { database, clock, events, log } = options;
    const timing = { ...INGEST_TIMING, ...options.timing };
    this.#timing = timing;
    this.#damage = new DatabaseDamage({
      database,
      clock,
      log,
      backupFolder: options.backupFolder,
      checkMs: timing.pageCheckMs,
    });
    this.history = new HistoryStore(database, clock);
    this.#ledger = new StreamLedger(database);
    const { history } = this;
    const ledger = this.#ledger;
    this.#replay();
    loadLatest(database, this.latest, history);
    this.#committer = new Committer({
      database,
      events,
      clock,
      latest: this.latest,
      history,
      ledger,
      damage: this.#damage,
      log,
      timing,
    });
    this.#upkeep = new HistoryUpkeep({
      database,
      ledger,
      clock,
      log,
      damage: this.#damage,
      history,
      folding: history.folding(ledger),
      legacy: new LegacySamples({ database, clock, things: history.things, writer: history.writer }),
    });
    this.#retention = new Retention({ database, clock, log, history, retention: options.retention });
    this.#watcher = new ChangeWatcher(database);
    this.links = new LinkRegistry({
      clock,
      events,
      log,
      timing,
      onAdmitted: (connection, hello) => this.#admitted(connection, hello),
    });
    events.on('hostsChanged', this.#onHostsChanged);
    this.#timers = [
      setInterval(() => this.#watch(), timing.watchMs),
      setInterval(() => void this.#upkeep.tick(), timing.historyMs),
      setInterval(() => void this.#deleteOld(), timing.retentionMs),
    ];
  }

  health(): StorageHealth {
    return this.#committer.health();
  }

  noticeDamage(error: unknown): void {
    this.#damage.notice(error);
  }

  async register(app: FastifyInstance): Promise<void> {
    await registerRoute(app, {
      database: this.#options.database,
      isOpen: () => this.#state === 'open',
      connected: (socket, identity, greeted) => this.#connected(socket, identity, greeted),
    });
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#damage.close();
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([this.#retention.stop(), this.#upkeep.stop()]);
    this.#options.events.off('hostsChanged', this.#onHostsChanged);
    this.#committer.close();
    for (const connection of this.#connections) connection.close(CLOSE_CODES.goingAway, STOPPING);
  }

  /** What was acknowledged before the server ended and is in the journal only. */
  #replay(): void {
    const { log } = this.#options;
    const onDamaged = (id: number, { message }: Error): void => {
      log.error(
        { id, reason: message },
        'a row of the journal is damaged: its samples are missing in the charts',
      );
    };
    for (const { id, entries } of this.history.journal.replay(onDamaged)) {
      this.history.committed(id, entries);
      for (const { hostId, streamId, sequence, receivedAtMs } of entries) {
        this.#ledger.replayed(hostId, streamId, sequence, receivedAtMs);
        this.latest.setSeen(hostId, receivedAtMs);
      }
    }
    // of a host that was removed, perhaps while the server was off, nothing is to come back
    const hostIds = new Set(listHosts(this.#options.database).map(({ id }) => id));
    this.history.keepOnly(hostIds);
    this.latest.keepOnly(hostIds);
  }

  #forgetStreams(): void {
    const rows = this.#options.database.select({ id: stream.id }).from(stream).all();
    this.#ledger.keepOnly(new Set(rows.map(({ id }) => id)));
  }

  #connected(socket: WebSocket, identity: AgentIdentity, greeted: () => void): void {
    const { clock, log } = this.#options;
    const connection = new AgentConnection(socket, identity, {
      clock,
      log,
      timing: this.#timing,
      allowance: this.#allowance(identity.hostId),
      events: {
        hello: (from, frame) => {
          greeted();
          if (this.#isValid(identity)) this.links.admit(from, frame);
          else from.close(CLOSE_CODES.tokenRevoked, REVOKED);
        },
        sample: (from, frame) => this.#sample(from, frame),
        gap: (from, frame) => this.#gap(from, frame),
        end: (from) => {
          greeted();
          this.#connections.delete(from);
          this.links.remove(from);
        },
      },
    });
    this.#connections.add(connection);
    if (this.#state === 'closed') connection.close(CLOSE_CODES.goingAway, STOPPING);
  }

  #allowance(hostId: number): Allowance {
    const known = this.#allowances.get(hostId) ?? new Allowance();
    this.#allowances.set(hostId, known);
    return known;
  }

  /** Whether the token is still the host's: it may have been revoked since the upgrade. */
  #isValid({ hostName, tokenHash }: AgentIdentity): boolean {
    return findHostByName(this.#options.database, hostName)?.tokenHash.equals(tokenHash) === true;
  }

  #admitted(connection: AgentConnection, hello: HelloFrame): void {
    const { log, clock } = this.#options;
    const { hostId, identity } = connection;
    const receivedAtMs = Math.round(clock.now());
    log.info(
      { host: identity.hostName, address: identity.address, agentVersion: hello.agentVersion },
      'agent connected',
    );
    this.#committer.offer({ kind: 'hello', sender: connection, frame: hello, receivedAtMs });
    connection.noteClockSkew(hello.sentAtMs - receivedAtMs);
    // what waited may come before the first live sample
    if (hello.monotonicMs !== undefined) connection.delayMs(hello.monotonicMs, clock.monotonic());
    connection.welcome(this.#ledger.lastSequence(hostId, hello.stream));
  }

  #sample(connection: AgentConnection, frame: SampleFrame): void {
    const { hello } = connection;
    if (hello === undefined) return;
    const { clock } = this.#options;
    const receivedAtMs = Math.round(clock.now());
    const isOfCurrentRun = frame.stream === hello.stream;
    const delayMs = isOfCurrentRun ? connection.delayMs(frame.monotonicMs, clock.monotonic()) : undefined;
    const isLive = delayMs !== undefined && delayMs <= LIVE_MS && frame.sequence >= hello.nextSequence;
    const time = sampleTime({
      takenAtMs: frame.takenAtMs,
      receivedAtMs,
      skewMs: connection.clockSkewMs,
      isLive,
      ageMs: hello.monotonicMs === undefined ? undefined : delayMs,
    });
    if (time.clockSkewMs !== undefined) connection.noteClockSkew(time.clockSkewMs);
    const taken = this.#committer.offer({
      ...time,
      kind: 'sample',
      sender: connection,
      frame,
      bootId: hello.bootId,
      receivedAtMs,
      isOfCurrentRun,
      isFull: isOfCurrentRun && frame.sequence === hello.nextSequence,
    });
    if (!taken) this.#postpone(connection);
  }

  #gap(connection: AgentConnection, frame: GapFrame): void {
    const receivedAtMs = Math.round(this.#options.clock.now());
    const { clockSkewMs: skewMs } = connection;
    const [fromMs, toMs] = [frame.fromMs, frame.toMs].map(
      (takenAtMs) => sampleTime({ takenAtMs, receivedAtMs, skewMs, isLive: false, ageMs: undefined }).atMs,
    );
    const times = { receivedAtMs, fromMs: fromMs ?? 0, toMs: toMs ?? 0 };
    if (!this.#committer.offer({ kind: 'gap', sender: connection, frame, ...times })) {
      this.#postpone(connection);
    }
  }

  #postpone(connection: AgentConnection): void {
    if (this.#damage.found !== undefined) connection.postpone(DAMAGED_RETRY_MS, DAMAGED);
    else connection.postpone(2_000, `${INGEST_LIMITS.queuedSamples} samples wait to be stored`);
  }

  #watch(): void {
    try {
      if (this.#watcher.changed()) this.#options.events.emit('hostsChanged');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.debug({ reason }, 'the database does not answer');
    }
  }

  /** Ends the connections of hosts that were removed or got another token. */
  #checkHosts(): void {
    const hashes = new Map(listHosts(this.#options.database).map((host) => [host.id, host.tokenHash]));
    const hostIds = new Set(hashes.keys());
    this.latest.keepOnly(hostIds);
    this.history.keepOnly(hostIds);
    this.#committer.keepOnly(hostIds);
    this.#forgetStreams();
    for (const hostId of this.#allowances.keys()) if (!hostIds.has(hostId)) this.#allowances.delete(hostId);
    for (const connection of this.#connections) {
      const { hostId, tokenHash } = connection.identity;
      if (hashes.get(hostId)?.equals(tokenHash) === true) continue;
      connection.close(CLOSE_CODES.tokenRevoked, REVOKED);
    }
  }

  async #deleteOld(): Promise<void> {
    if (this.#damage.found !== undefined) return;
    try {
      await this.#retention.run();
      this.#forgetStreams();
    } catch (error) {
      if (this.#damage.notice(error)) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.error({ reason }, 'old samples could not be deleted; tried again later');
    }
  }
}
