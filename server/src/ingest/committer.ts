import type { GapFrame, HelloFrame, SampleFrame } from '@proxmox-monitor/protocol';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import type { ServerEvents } from '../events.ts';
import type { Damage, DatabaseDamage } from '../health/database-damage.ts';
import type { HistoryStore } from '../history/history-store.ts';
import { listHosts } from '../hosts/hosts.ts';
import { CommitDraft } from './commit-draft.ts';
import { isDatabaseTrouble } from './database-trouble.ts';
import type { Lane } from './lanes.ts';
import { type LatestStore, NOTHING_YET } from './latest.ts';
import type { Log } from './log.ts';
import { IngestStore } from './store.ts';
import { type StoredState, StoredStates } from './stored-states.ts';
import type { StreamLedger } from './stream-ledger.ts';
import { INGEST_LIMITS, type IngestTiming } from './timing.ts';

/** The connection that work came from, as far as the committer speaks to it. */
export interface Sender {
  readonly hostId: number;
  ack(stream: string, sequence: number): void;
  nack(stream: string, sequence: number, reason: string): void;
  slow(retryAfterMs: number, reason: string): void;
  /** The host was removed while this was waiting. */
  hostGone(): void;
}

export interface HelloWork {
  readonly kind: 'hello';
  readonly sender: Sender;
  readonly frame: HelloFrame;
  readonly receivedAtMs: number;
}

export interface SampleWork {
  readonly kind: 'sample';
  readonly sender: Sender;
  readonly frame: SampleFrame;
  readonly bootId: string | undefined;
  readonly receivedAtMs: number;
  /** Time on the charts. */
  readonly atMs: number;
  /** Agent's clock minus the server's, if it was measured anew. */
  readonly clockSkewMs: number | undefined;
  readonly isOfCurrentRun: boolean;
  readonly isFull: boolean;
}

export interface GapWork {
  readonly kind: 'gap';
  readonly sender: Sender;
  readonly frame: GapFrame;
  readonly receivedAtMs: number;
  /** Times on the charts. */
  readonly fromMs: number;
  readonly toMs: number;
}

type Work = HelloWork | SampleWork | GapWork;

/** Whether what agents send reaches the disk. */
export type StorageHealth =
  | { readonly state: 'ok' }
  | { readonly state: 'failing'; readonly sinceMs: number; readonly reason: string }
  /** For good: nothing is written any more. */
  | ({ readonly state: 'damaged' } & Damage);

export interface CommitterParts {
  readonly database: Database;
  readonly events: ServerEvents;
  readonly clock: Clock;
  readonly latest: LatestStore;
  readonly history: HistoryStore;
  readonly ledger: StreamLedger;
  readonly damage: Pick<DatabaseDamage, 'found' | 'notice'>;
  readonly log: Log;
  readonly timing: Pick<IngestTiming, 'gatherMs' | 'retryMs' | 'wholeMs'>;
}

/**
 * The one writer of samples: gathers what all agents send into one transaction, and acknowledges only after it
 * is committed and synced. When the database takes nothing, what waits is kept and tried again, and the agents
 * are told to wait; what cannot be stored for a reason of its own is found and refused alone.
 */
export class Committer {
  readonly #parts: CommitterParts;
  readonly #store: IngestStore;
  readonly #stored: StoredStates;
  readonly #lanes = new Map<number, readonly Lane[]>();
  readonly #transaction: (batch: readonly Work[]) => Outcome;
  #queue: Work[] = [];
  #timer: NodeJS.Timeout | undefined;
  #health: StorageHealth = { state: 'ok' };

  constructor(parts: CommitterParts) {
    this.#parts = parts;
    this.#store = new IngestStore(parts.database);
    this.#stored = new StoredStates(parts.timing.wholeMs);
    const write = parts.database.$client.transaction((batch: readonly Work[]) => this.#write(batch));
    this.#transaction = (batch) => write.immediate(batch);
  }

  health(): StorageHealth {
    const { found } = this.#parts.damage;
    return found === undefined ? this.#health : { state: 'damaged', ...found };
  }

  /** @returns false when too much waits already: the agent must send it again later */
  offer(work: Work): boolean {
    if (this.#parts.damage.found !== undefined) return work.kind === 'hello';
    if (work.kind !== 'hello' && this.#queue.length >= INGEST_LIMITS.queuedSamples) return false;
    this.#queue.push(work);
    const isFull = this.#queue.length >= INGEST_LIMITS.gatheredSamples;
    if (this.#health.state === 'ok') this.#schedule(isFull ? 0 : this.#parts.timing.gatherMs, isFull);
    return true;
  }

  /** Commits all that waits, unless the database takes nothing. */
  flush(): void {
    while (this.#queue.length > 0 && this.#commitNext());
  }

  /** Forgets hosts that were removed. */
  keepOnly(hostIds: ReadonlySet<number>): void {
    this.#stored.keepOnly(hostIds);
    for (const hostId of this.#lanes.keys()) if (!hostIds.has(hostId)) this.#lanes.delete(hostId);
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.#parts.damage.found !== undefined) return;
    this.flush();
    this.#writeRest();
  }

  /** What was not worth writing with each sample. Nothing depends on it: a disk that is full keeps nobody. */
  #writeRest(): void {
    const { database, latest, log } = this.#parts;
    const write = database.$client.transaction(() => {
      for (const { id } of listHosts(database)) {
        const stored = this.#stored.get(id);
        const newest = latest.get(id);
        if (stored !== undefined && newest !== undefined)
          this.#store.saveLatest(id, newest, newest, stored.passing);
      }
      this.#parts.ledger.save();
    });
    try {
      write.immediate();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ reason }, 'what the hosts said in the last minutes is not all stored');
    }
  }

  /** One transaction; the next one comes in a turn of its own, so that acks and browsers are not kept waiting. */
  #run(): void {
    this.#timer = undefined;
    if (this.#parts.damage.found !== undefined) this.#letGo();
    else if (this.#commitNext()) {
      if (this.#queue.length > 0) this.#schedule(0);
    } else if (this.#queue.length > 0) this.#schedule(this.#parts.timing.retryMs);
  }

  #commitNext(): boolean {
    const batch = this.#queue.slice(0, INGEST_LIMITS.batchSamples);
    if (!this.#commit(batch)) return false;
    this.#queue = this.#queue.slice(batch.length);
    return true;
  }

  #schedule(delayMs: number, sooner = false): void {
    if (this.#timer !== undefined && !sooner) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), delayMs);
  }

  /** @returns false when the database takes nothing at the moment */
  #commit(batch: readonly Work[]): boolean {
    let outcome: Outcome;
    try {
      outcome = this.#transaction(batch);
    } catch (error) {
      if (isDatabaseTrouble(error)) return this.#trouble(error);
      return this.#commitInHalves(batch, error);
    }
    this.#recovered();
    this.#settle(batch, outcome);
    return true;
  }

  #commitInHalves(batch: readonly Work[], error: unknown): boolean {
    const [first] = batch;
    if (first === undefined) return true;
    if (batch.length === 1) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#parts.log.warn({ hostId: first.sender.hostId, reason }, `a ${first.kind} could not be stored`);
      if (first.kind !== 'hello') first.sender.nack(first.frame.stream, sequenceOf(first), reason);
      return true;
    }
    const middle = Math.ceil(batch.length / 2);
    return this.#commit(batch.slice(0, middle)) && this.#commit(batch.slice(middle));
  }

  /** Runs inside the transaction. Nothing outside of the database changes here: it may be rolled back. */
  #write(batch: readonly Work[]): Outcome {
    const { history, ledger, latest } = this.#parts;
    const draft = new CommitDraft({ store: this.#store, history, ledger, latest, lanes: this.#lanes });
    const full = new Set<number>();
    const gone = new Set<Sender>();
    for (const work of batch) {
      if (!this.#writeOne(work, draft)) gone.add(work.sender);
      if (work.kind === 'sample' && work.isFull) full.add(work.sender.hostId);
    }
    const journalId = draft.entries.length === 0 ? undefined : history.journal.append(draft.entries);
    const stored = new Map<number, StoredState>();
    const nowMs = this.#parts.clock.monotonic();
    for (const [hostId, after] of draft.latest) {
      const before = latest.get(hostId) ?? NOTHING_YET;
      const plan = this.#stored.plan(hostId, before, after, full.has(hostId), nowMs);
      this.#store.saveLatest(hostId, before, after, plan.write);
      stored.set(hostId, plan.stored);
    }
    return { draft, journalId, stored, gone };
  }

  /** @returns false when the host was removed */
  #writeOne(work: Work, draft: CommitDraft): boolean {
    const { hostId } = work.sender;
    if (work.kind === 'hello') return this.#store.saveHello(hostId, work.frame, work.receivedAtMs);
    if (work.kind === 'gap') {
      if (!this.#store.touchHost(hostId, work.receivedAtMs, undefined)) return false;
      draft.addGap({ ...work, hostId });
      return true;
    }
    if (!this.#store.touchHost(hostId, work.receivedAtMs, work.clockSkewMs)) return false;
    draft.add({ ...work, hostId });
    return true;
  }

  /** After the commit: memory follows the disk, then the agents and the dashboard hear of it. */
  #settle(batch: readonly Work[], { draft, journalId, stored, gone }: Outcome): void {
    const { latest, ledger, history } = this.#parts;
    history.things.committed(draft.things);
    if (journalId !== undefined) history.committed(journalId, draft.entries);
    ledger.committed(draft.streams.values(), draft.seen);
    for (const [hostId, lanes] of draft.lanes) this.#lanes.set(hostId, lanes);
    for (const [hostId, newest] of draft.latest) latest.set(hostId, newest);
    for (const [hostId, atMs] of draft.seen) latest.setSeen(hostId, atMs);
    for (const [hostId, state] of stored) this.#stored.committed(hostId, state);
    const hostIds = new Set<number>();
    for (const work of batch) {
      const { kind, sender, frame } = work;
      if (gone.has(sender) || kind === 'hello') continue;
      sender.ack(frame.stream, sequenceOf(work));
      hostIds.add(sender.hostId);
    }
    for (const sender of gone) sender.hostGone();
    if (hostIds.size > 0) this.#parts.events.emit('committed', [...hostIds]);
  }

  /** Agents keep what waits here, and send it again to whoever comes after this server. */
  #letGo(): void {
    const senders = new Set(this.#queue.map((work) => work.sender));
    this.#queue = [];
    for (const sender of senders) sender.slow(DAMAGED_RETRY_MS, DAMAGED);
  }

  #trouble(error: unknown): false {
    const { log, clock, timing, damage } = this.#parts;
    if (damage.notice(error)) {
      this.#letGo();
      return false;
    }
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#health.state === 'ok') {
      log.error({ reason }, 'the database takes nothing: samples wait in memory and with the agents');
      this.#health = { state: 'failing', sinceMs: clock.now(), reason };
    }
    const senders = new Set(this.#queue.map((work) => work.sender));
    for (const sender of senders) sender.slow(2 * timing.retryMs, `the server cannot store: ${reason}`);
    return false;
  }

  #recovered(): void {
    if (this.#health.state === 'ok') return;
    const failedForMs = Math.round(this.#parts.clock.now() - this.#health.sinceMs);
    this.#parts.log.info({ failedForMs, waiting: this.#queue.length }, 'the database takes samples again');
    this.#health = { state: 'ok' };
  }
}

/** A damaged database stays so until somebody restores a backup, which ends this server. */
export const DAMAGED_RETRY_MS = 60_000;
export const DAMAGED = "the server's database is damaged";

/** The number under which an agent waits for the answer. */
function sequenceOf({ frame }: SampleWork | GapWork): number {
  return frame.type === 'gap' ? frame.toSequence : frame.sequence;
}

interface Outcome {
  readonly draft: CommitDraft;
  /** Of the row of the journal; undefined when no sample was new. */
  readonly journalId: number | undefined;
  readonly stored: ReadonlyMap<number, StoredState>;
  readonly gone: ReadonlySet<Sender>;
}
