import type SqliteDatabase from 'better-sqlite3';
import { unpackEntries } from '../history/journal.ts';
import { ByteReader } from '../history/packing/bytes.ts';
import { metricOf, thingOf, unpackValues } from '../history/packing/columns.ts';
import { unpackSamples } from '../history/packing/sample-block.ts';
import { isThingKind, METRICS } from '../history/things.ts';
import { ownerOf } from '../history/tiers.ts';

export interface TestStoredSample {
  readonly hostId: number;
  readonly streamId: number;
  readonly stream: string;
  readonly sequence: number;
  readonly atMs: number;
  /** "host/cpuPercent", "guest/qemu/100/cpuPercent". */
  readonly values: Readonly<Record<string, number>>;
}

/** For tests: every sample that a database holds, from the journal and the finest tier, straight from the tables. */
export function storedSamples(client: SqliteDatabase.Database): TestStoredSample[] {
  if (client.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'journal'").get() === undefined) return [];
  const things = new Map(
    client
      .prepare<[], { id: number; kind: string; key: string }>('SELECT id, kind, key FROM thing')
      .all()
      .map((thing) => [thing.id, thing]),
  );
  const streams = new Map(
    client
      .prepare<[], { id: number; name: string }>('SELECT id, name FROM stream')
      .all()
      .map(({ id, name }) => [id, name]),
  );
  const named = (column: number, value: number): [string, number] => {
    const thing = things.get(thingOf(column));
    if (thing === undefined || !isThingKind(thing.kind)) throw new Error(`no thing for column ${column}`);
    const metric = METRICS[thing.kind][metricOf(column)];
    const place = [thing.kind, thing.key, metric?.name].filter((part) => part !== '').join('/');
    return [place, Math.round(value * (metric?.resolution ?? 1) * 100) / 100];
  };
  const all = new Map<string, TestStoredSample>();
  const add = (sample: Omit<TestStoredSample, 'stream' | 'values'>, values: [string, number][]): void => {
    const stream = streams.get(sample.streamId) ?? '?';
    all.set(`${sample.streamId} ${sample.sequence}`, {
      ...sample,
      stream,
      values: Object.fromEntries(values),
    });
  };
  const blocks = client.prepare<[], { id: number; body: Buffer }>('SELECT id, body FROM tier_fine').all();
  for (const { id, body } of blocks) {
    const block = unpackSamples(body);
    for (const [index, atMs] of block.atMs.entries()) {
      const values = [...block.columns].flatMap(([column, each]) => {
        const value = each[index] ?? Number.NaN;
        return Number.isNaN(value) ? [] : [named(column, value)];
      });
      const [streamId, sequence] = [block.streamIds[index] ?? 0, block.sequences[index] ?? 0];
      add({ hostId: ownerOf(id), streamId, sequence, atMs }, values);
    }
  }
  for (const body of client.prepare<[], Buffer>('SELECT body FROM journal ORDER BY id').pluck().all()) {
    for (const { hostId, streamId, sequence, atMs, values } of unpackEntries(body)) {
      const { columns, values: each } = unpackValues(new ByteReader(values));
      add(
        { hostId, streamId, sequence, atMs },
        columns.map((column, index) => named(column, each[index] ?? 0)),
      );
    }
  }
  return [...all.values()].sort(
    (left, right) => left.streamId - right.streamId || left.sequence - right.sequence,
  );
}
