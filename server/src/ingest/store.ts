import type { HelloFrame, Source } from '@proxmox-monitor/protocol';
import { and, eq, gt, notInArray, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { document, host, sample, source, stream } from '../db/schema/index.ts';
import type { SampleValues } from '../metrics/sample-values.ts';
import { type DatedDocument, documentNames, type LatestHost } from './latest.ts';

export interface StoredSample {
  readonly streamId: number;
  readonly sequence: number;
  readonly hostId: number;
  readonly atMs: number;
  readonly receivedAtMs: number;
  readonly values: SampleValues;
}

/** The statements of the ingest, prepared once. Every one runs inside the committer's transaction. */
export class IngestStore {
  readonly #database: Database;
  readonly #upsertStream;
  readonly #insertSample;
  readonly #upsertDocument;
  readonly #upsertSource;
  readonly #touchHost;

  constructor(database: Database) {
    this.#database = database;
    const value = sql.placeholder;
    this.#upsertStream = database
      .insert(stream)
      .values({
        hostId: value('hostId'),
        name: value('name'),
        startedAtMs: value('startedAtMs'),
        lastSequence: value('lastSequence'),
      })
      .onConflictDoUpdate({
        target: [stream.hostId, stream.name],
        set: { lastSequence: sql`max(${stream.lastSequence}, excluded.last_sequence)` },
      })
      .returning({ id: stream.id })
      .prepare();
    this.#insertSample = database
      .insert(sample)
      .values({
        streamId: value('streamId'),
        sequence: value('sequence'),
        hostId: value('hostId'),
        atMs: value('atMs'),
        receivedAtMs: value('receivedAtMs'),
        cpuPercent: value('cpuPercent'),
        ioWaitPercent: value('ioWaitPercent'),
        load1: value('load1'),
        memoryUsedBytes: value('memoryUsedBytes'),
        arcBytes: value('arcBytes'),
        swapUsedBytes: value('swapUsedBytes'),
        cpuPressurePercent: value('cpuPressurePercent'),
        ioPressurePercent: value('ioPressurePercent'),
        memoryPressurePercent: value('memoryPressurePercent'),
        diskReadBytesPerSecond: value('diskReadBytesPerSecond'),
        diskWriteBytesPerSecond: value('diskWriteBytesPerSecond'),
        networkReceiveBytesPerSecond: value('networkReceiveBytesPerSecond'),
        networkSendBytesPerSecond: value('networkSendBytesPerSecond'),
      })
      .onConflictDoNothing({ target: [sample.streamId, sample.sequence] })
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
    this.#touchHost = database
      .update(host)
      .set({
        firstSampleAtMs: sql`coalesce(${host.firstSampleAtMs}, ${value('receivedAtMs')})`,
        // also when it is earlier than what is there: then the server's clock was ahead, and is not any more
        lastSeenAtMs: sql`${value('receivedAtMs')}`,
        clockSkewMs: sql`coalesce(${value('clockSkewMs')}, ${host.clockSkewMs})`,
      })
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
    this.streamId(hostId, hello.stream, 0, receivedAtMs);
    return true;
  }

  /** Row id of a stream, which is made if it is new; remembers the highest sequence that was seen in it. */
  streamId(hostId: number, name: string, lastSequence: number, startedAtMs: number): number {
    return this.#upsertStream.get({ hostId, name, startedAtMs, lastSequence }).id;
  }

  /** @returns false when the sample was stored before */
  insertSample({ values, ...key }: StoredSample): boolean {
    return this.#insertSample.run({ ...key, ...values }).changes > 0;
  }

  /** @returns false when there is no such host any more */
  touchHost(hostId: number, receivedAtMs: number, clockSkewMs: number | undefined): boolean {
    return this.#touchHost.run({ hostId, receivedAtMs, clockSkewMs: clockSkewMs ?? null }).changes > 0;
  }

  /** Writes what differs between two states of a host. */
  saveLatest(hostId: number, before: LatestHost, after: LatestHost): void {
    this.#saveDocuments(hostId, before, after);
    for (const [name, value] of after.sources) {
      if (before.sources.get(name) !== value) this.#upsertSource.run({ hostId, name, ...row(value) });
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

  #saveDocuments(hostId: number, before: LatestHost, after: LatestHost): void {
    const names = documentNames(after.documents);
    for (const name of names) {
      const dated: DatedDocument<unknown> | undefined = after.documents[name];
      if (dated === undefined || dated === before.documents[name]) continue;
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

  /** The highest stored sequence of a stream; 0 when none is. */
  lastSequence(hostId: number, name: string): number {
    const found = this.#database
      .select({ last: stream.lastSequence })
      .from(stream)
      .where(and(eq(stream.hostId, hostId), eq(stream.name, name), gt(stream.lastSequence, 0)))
      .get();
    return found?.last ?? 0;
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
