import type { HelloFrame, Source } from '@proxmox-monitor/protocol';
import { and, eq, notInArray, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { document, event, gap, host, source, stream } from '../db/schema/index.ts';
import type { StateChange } from '../history/state-changes.ts';
import { type DatedDocument, documentNames, type LatestHost } from './latest.ts';
import type { Names } from './stored-states.ts';

/** The statements of the ingest, prepared once. Every one runs inside the committer's transaction. */
export class IngestStore {
  readonly #database: Database;
  readonly #upsertStream;
  readonly #upsertDocument;
  readonly #upsertSource;
  readonly #readHost;
  readonly #insertEvent;

  constructor(database: Database) {
    this.#database = database;
    const value = sql.placeholder;
    this.#upsertStream = database
      .insert(stream)
      .values({
        hostId: value('hostId'),
        name: value('name'),
        startedAtMs: value('startedAtMs'),
        lastSequence: 0,
      })
      .onConflictDoUpdate({
        target: [stream.hostId, stream.name],
        set: { lastSequence: sql`${stream.lastSequence}` },
      })
      .returning({ id: stream.id })
      .prepare();
    this.#upsertDocument = database
      .insert(document)
      .values({
        hostId: value('hostId'),
        name: value('name'),
        streamId: value('streamId'),
        takenAtMs: value('takenAtMs'),
        monotonicMs: value('monotonicMs'),
        receivedAtMs: value('receivedAtMs'),
        body: value('body'),
      })
      .onConflictDoUpdate({
        target: [document.hostId, document.name],
        set: {
          streamId: sql`excluded.stream_id`,
          takenAtMs: sql`excluded.taken_at_ms`,
          monotonicMs: sql`excluded.monotonic_ms`,
          receivedAtMs: sql`excluded.received_at_ms`,
          body: sql`excluded.body`,
        },
      })
      .prepare();
    this.#upsertSource = database
      .insert(source)
      .values({
        hostId: value('hostId'),
        name: value('name'),
        state: value('state'),
        sinceMs: value('sinceMs'),
        reason: value('reason'),
        durationMs: value('durationMs'),
        checkedAtMs: value('checkedAtMs'),
        succeededAtMs: value('succeededAtMs'),
      })
      .onConflictDoUpdate({
        target: [source.hostId, source.name],
        set: {
          state: sql`excluded.state`,
          sinceMs: sql`excluded.since_ms`,
          reason: sql`excluded.reason`,
          durationMs: sql`excluded.duration_ms`,
          checkedAtMs: sql`excluded.checked_at_ms`,
          succeededAtMs: sql`excluded.succeeded_at_ms`,
        },
      })
      .prepare();
    this.#insertEvent = database
      .insert(event)
      .values({
        hostId: value('hostId'),
        atMs: value('atMs'),
        kind: value('kind'),
        subject: value('subject'),
        before: value('before'),
        after: value('after'),
      })
      .prepare();
    this.#readHost = database
      .select({ firstSampleAtMs: host.firstSampleAtMs })
      .from(host)
      .where(eq(host.id, value('hostId')))
      .prepare();
  }

  /** @returns false when there is no such host any more */
  saveHello(hostId: number, hello: HelloFrame, receivedAtMs: number): boolean {
    const { changes } = this.#database
      .update(host)
      .set({
        firstConnectedAtMs: sql`coalesce(${host.firstConnectedAtMs}, ${receivedAtMs})`,
        agentVersion: hello.agentVersion,
        bootId: hello.bootId ?? null,
        facts: JSON.stringify(hello.facts),
        clockSkewMs: Math.round(hello.sentAtMs - receivedAtMs),
      })
      .where(eq(host.id, hostId))
      .run();
    if (changes === 0) return false;
    return true;
  }

  /** Row id of a stream, which is made if it is new. */
  streamId(hostId: number, name: string, startedAtMs: number): number {
    return this.#upsertStream.get({ hostId, name, startedAtMs }).id;
  }

  /**
   * Notes what the host's row says of its first sample and its clock; when it was seen last is written later.
   * @returns false when there is no such host any more
   */
  touchHost(hostId: number, receivedAtMs: number, clockSkewMs: number | undefined): boolean {
    const known = this.#readHost.get({ hostId });
    if (known === undefined) return false;
    if (known.firstSampleAtMs !== null && clockSkewMs === undefined) return true;
    this.#database
      .update(host)
      .set({
        firstSampleAtMs: known.firstSampleAtMs ?? receivedAtMs,
        lastSeenAtMs: receivedAtMs,
        ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
      })
      .where(eq(host.id, hostId))
      .run();
    return true;
  }

  /** One that is known already changes nothing. */
  saveGap(row: typeof gap.$inferInsert): void {
    const { hostId, streamId, fromSequence, toSequence, fromMs, toMs, reason } = row;
    this.#database
      .insert(gap)
      .values({ hostId, streamId, fromSequence, toSequence, fromMs, toMs, reason })
      .onConflictDoNothing()
      .run();
  }

  saveEvents(hostId: number, atMs: number, changes: readonly StateChange[]): void {
    for (const { kind, subject, before, after } of changes) {
      this.#insertEvent.run({ hostId, atMs, kind, subject, before: before ?? null, after: after ?? null });
    }
  }

  /**
   * Writes some of a host's newest state, and deletes what is in it no more.
   * @param before what was known of it
   */
  saveLatest(hostId: number, before: LatestHost, after: LatestHost, write: Names): void {
    this.#saveDocuments(hostId, before, after, write.documents);
    for (const name of write.sources) {
      const value = after.sources.get(name);
      if (value !== undefined) this.#upsertSource.run({ hostId, name, ...row(value) });
    }
    const gone = [...before.sources.keys()].some((name) => !after.sources.has(name));
    if (gone) {
      const isGone = notInArray(source.name, [...after.sources.keys()]);
      this.#database
        .delete(source)
        .where(and(eq(source.hostId, hostId), isGone))
        .run();
    }
  }

  #saveDocuments(hostId: number, before: LatestHost, after: LatestHost, write: ReadonlySet<string>): void {
    const names = documentNames(after.documents);
    for (const name of names) {
      const dated: DatedDocument<unknown> | undefined = after.documents[name];
      if (dated === undefined || !write.has(name)) continue;
      const { streamId, monotonicMs, receivedAtMs } = dated;
      const takenAtMs = Math.round(dated.takenAtMs);
      const body = JSON.stringify(dated.body);
      this.#upsertDocument.run({ hostId, name, streamId, monotonicMs, receivedAtMs, takenAtMs, body });
    }
    if (documentNames(before.documents).some((name) => after.documents[name] === undefined)) {
      const isGone = notInArray(document.name, names);
      this.#database
        .delete(document)
        .where(and(eq(document.hostId, hostId), isGone))
        .run();
    }
  }
}

function row(value: Source): Record<string, unknown> {
  return {
    state: value.state,
    sinceMs: Math.round(value.sinceMs),
    reason: value.reason ?? null,
    durationMs: value.durationMs,
    checkedAtMs: Math.round(value.checkedAtMs),
    succeededAtMs: value.succeededAtMs === undefined ? null : Math.round(value.succeededAtMs),
  };
}
