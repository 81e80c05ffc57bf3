import { eq, getTableColumns } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { document, host, source } from '../db/schema/index.ts';
import type { HistoryStore } from '../history/history-store.ts';
import { METRICS } from '../history/things.ts';
import { isDocuments, isSource } from './frame-schema.ts';
import { type LatestHost, type LatestStore, NOTHING_YET, withDocuments } from './latest.ts';

/** Fills the store with what the database holds, when the server starts. */
export function loadLatest(
  database: Database,
  store: LatestStore,
  history: Pick<HistoryStore, 'newestOfHost'>,
): void {
  const hosts = database.select({ id: host.id, bootId: host.bootId }).from(host).all();
  for (const { id, bootId } of hosts) {
    const latest = readHost(database, id, bootId ?? undefined);
    if (latest !== undefined) store.set(id, { ...latest, cpu: cpuOf(history.newestOfHost(id)) });
  }
}

function readHost(database: Database, hostId: number, bootId: string | undefined): LatestHost | undefined {
  let documents = NOTHING_YET.documents;
  let newest: LatestHost['newest'];
  const rows = database
    .select()
    .from(document)
    .where(eq(document.hostId, hostId))
    .orderBy(document.receivedAtMs)
    .all();
  for (const row of rows) {
    const named: unknown = { [row.name]: parseJson(row.body) };
    if (!isDocuments(named)) continue;
    const { streamId, monotonicMs, takenAtMs, receivedAtMs } = row;
    documents = withDocuments(documents, named, { streamId, bootId, monotonicMs, takenAtMs, receivedAtMs });
    if (newest?.streamId !== streamId || monotonicMs > newest.monotonicMs) newest = { streamId, monotonicMs };
  }
  const sources = readSources(database, hostId);
  if (newest === undefined && sources.size === 0) return undefined;
  return { ...NOTHING_YET, documents, sources, newest };
}

/** @returns undefined for what is not JSON: the agent sends it again when it connects */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readSources(database: Database, hostId: number): LatestHost['sources'] {
  const { hostId: _, name, ...fields } = getTableColumns(source);
  const rows = database.select({ name, source: fields }).from(source).where(eq(source.hostId, hostId)).all();
  return new Map(
    rows.flatMap((row) => {
      const value: unknown = Object.fromEntries(
        Object.entries(row.source).filter(([, each]) => each !== null),
      );
      return isSource(value) ? [[row.name, value]] : [];
    }),
  );
}

/** The CPU's share needs two readings; until there are, the last point of the chart is what was shown before. */
function cpuOf(newest: ReadonlyMap<number, number>): LatestHost['cpu'] {
  const value = (name: string) => newest.get(METRICS.host.findIndex((metric) => metric.name === name));
  const [usedPercent, ioWaitPercent] = [value('cpuPercent'), value('ioWaitPercent')];
  return usedPercent === undefined || ioWaitPercent === undefined ? {} : { usedPercent, ioWaitPercent };
}
