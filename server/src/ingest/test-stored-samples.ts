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
  const streams = streamNames(client);
  const named = (column: number, value: number): [string, number] => {
    const thing = things.get(thingOf(column));
    if (thing === undefined || !isThingKind(thing.kind)) throw new Error(`no thing for column ${column}`);
    const metric = METRICS[thing.kind][metricOf(column)];
    const place = [thing.kind, thing.key, metric?.name].filter((part) => part !== '').join('/');
    return [place, Math.round(value * (metric?.resolution ?? 1) * 100) / 100];
  };
  const all = new Map(
    rows(client).map(({ hostId, streamId, sequence, atMs, columns }) => [
      `${streamId} ${sequence}`,
      {
        hostId,
        streamId,
        stream: streams.get(streamId) ?? '?',
        sequence,
        atMs,
        values: Object.fromEntries(columns.map(([column, value]) => named(column, value))),
      },
    ]),
  );
  return [...all.values()].sort(
    (left, right) => left.streamId - right.streamId || left.sequence - right.sequence,
  );
}

/**
 * For tests: samples that a database holds more than once, as `stream sequence`. One row more is right where a sample was
 * computed again behind one that came late, and while the journal is folded: both are of the same arrival, and take the
 * same place in the end.
 */
export function storedTwice(client: SqliteDatabase.Database): string[] {
  const streams = streamNames(client);
  const bySample = Map.groupBy(
    rows(client),
    ({ streamId, sequence }) => `${streams.get(streamId) ?? streamId} ${sequence}`,
  );
  return [...bySample]
    .filter(([, each]) => {
      const blocks = each.filter(({ receivedAtMs }) => receivedAtMs === undefined);
      const arrivals = new Set(each.flatMap(({ receivedAtMs }) => receivedAtMs ?? []));
      const times = new Set(each.map(({ atMs }) => atMs));
      return blocks.length > 1 || arrivals.size > 1 || times.size > 1;
    })
    .map(([sample]) => sample);
}

function streamNames(client: SqliteDatabase.Database): ReadonlyMap<number, string> {
  const streams = client.prepare<[], { id: number; name: string }>('SELECT id, name FROM stream').all();
  return new Map(streams.map(({ id, name }) => [id, name]));
}

interface Row {
  readonly hostId: number;
  readonly streamId: number;
  readonly sequence: number;
  readonly atMs: number;
  /** As the journal has it; undefined in a block. */
  readonly receivedAtMs: number | undefined;
  readonly columns: readonly (readonly [column: number, value: number])[];
}

/** Every row that a sample has in the tables: the journal's later than those of the blocks. */
function rows(client: SqliteDatabase.Database): Row[] {
  const blocks = client
    .prepare<[], { id: number; body: Buffer }>('SELECT id, body FROM tier_fine')
    .all()
    .flatMap(({ id, body }) => {
      const block = unpackSamples(body);
      return block.atMs.map((atMs, index): Row => {
        const columns = [...block.columns].flatMap(([column, each]) => {
          const value = each[index] ?? Number.NaN;
          return Number.isNaN(value) ? [] : [[column, value] as const];
        });
        const [streamId, sequence] = [block.streamIds[index] ?? 0, block.sequences[index] ?? 0];
        return { hostId: ownerOf(id), streamId, sequence, atMs, receivedAtMs: undefined, columns };
      });
    });
  const journal = client
    .prepare<[], Buffer>('SELECT body FROM journal ORDER BY id')
    .pluck()
    .all()
    .flatMap((body) =>
      unpackEntries(body).map(({ values, ...entry }): Row => {
        const { columns, values: each } = unpackValues(new ByteReader(values));
        const named = columns.map((column, index) => [column, each[index] ?? 0] as const);
        return { ...entry, columns: named };
      }),
    );
  return [...blocks, ...journal];
}
