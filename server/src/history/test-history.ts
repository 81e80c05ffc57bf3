import type { Database } from '../db/open.ts';
import { stream } from '../db/schema/index.ts';
import { columnsOf, type HistoryStore, hostThing } from './history-store.ts';
import { packValues } from './packing/columns.ts';
import { hostScope, type ThingDraft, type ThingName } from './thing-registry.ts';

/** For tests: values of a host, or of something on it, at one time. */
export interface TestPoint {
  readonly atMs: number;
  readonly values: Readonly<Record<string, number | null>>;
  readonly thing?: Pick<ThingName, 'kind' | 'key'>;
}

let nextSequence = 1;
let runs = 0;

/** For tests: stores points as the ingest stores samples. Each is a sample of its own. */
export function storePoints(
  database: Database,
  history: HistoryStore,
  hostId: number,
  points: readonly TestPoint[],
): void {
  runs += 1;
  const { id: streamId } = database
    .insert(stream)
    .values({ hostId, name: `test-${runs}`, startedAtMs: points[0]?.atMs ?? 0, lastSequence: 0 })
    .returning({ id: stream.id })
    .get();
  const draft: ThingDraft = new Map();
  const write = database.$client.transaction(() => {
    const entries = points.map(({ atMs, values, thing }) => {
      const name =
        thing === undefined ? hostThing(hostId) : { ...thing, scope: hostScope(hostId), name: thing.key };
      const id = history.things.resolve(hostId, name, atMs, draft) ?? 0;
      const columns = columnsOf([{ id, kind: name.kind, values }]);
      const sequence = nextSequence;
      nextSequence += 1;
      return { hostId, streamId, sequence, atMs, receivedAtMs: atMs, values: packValues(columns) };
    });
    return { id: history.journal.append(entries), entries };
  });
  const { id, entries } = write.immediate();
  history.things.committed(draft);
  history.committed(id, entries);
}

/** For tests: folds everything that is in the journal. */
export async function foldAll(history: HistoryStore): Promise<number> {
  const nothing = { save: () => undefined, saved: () => undefined };
  return await history.folding(nothing).run(history.journal.lastId);
}
