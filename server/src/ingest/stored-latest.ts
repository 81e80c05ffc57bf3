import { desc, eq, getTableColumns } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { document, host, sample, source } from '../db/schema/index.ts';
import { isDocuments, isSource } from './frame-schema.ts';
import { type LatestHost, type LatestStore, NOTHING_YET, withDocuments } from './latest.ts';

/** Fills the store with what the database holds, when the server starts. */
export function loadLatest(database: Database, store: LatestStore): void {
  const hosts = database.select({ id: host.id, bootId: host.bootId }).from(host).all();
  for (const { id, bootId } of hosts) {
    const latest = readHost(database, id, bootId ?? undefined);
    if (latest !== undefined) store.set(id, latest);
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
  return { ...NOTHING_YET, documents, sources, cpu: readCpu(database, hostId), newest };
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
function readCpu(database: Database, hostId: number): LatestHost['cpu'] {
  const row = database
    .select({ usedPercent: sample.cpuPercent, ioWaitPercent: sample.ioWaitPercent })
    .from(sample)
    .where(eq(sample.hostId, hostId))
    .orderBy(desc(sample.atMs))
    .limit(1)
    .get();
  if (row === undefined || row.usedPercent === null || row.ioWaitPercent === null) return {};
  return { usedPercent: row.usedPercent, ioWaitPercent: row.ioWaitPercent };
}
