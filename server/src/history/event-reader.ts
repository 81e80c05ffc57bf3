import { and, desc, eq, lt } from 'drizzle-orm';
import type { StateEvents } from '../api/schema.ts';
import type { Database } from '../db/open.ts';
import { event } from '../db/schema/index.ts';
import { present } from '../fleet/present.ts';

/** A host's changes of state before a time, the newest first. */
export function readEvents(
  database: Database,
  hostId: number,
  { beforeMs, limit }: { readonly beforeMs: number; readonly limit: number },
): StateEvents {
  const rows = database
    .select()
    .from(event)
    .where(and(eq(event.hostId, hostId), lt(event.atMs, beforeMs)))
    .orderBy(desc(event.atMs), desc(event.id))
    .limit(limit)
    .all();
  const events = rows.map(({ atMs, kind, subject, before, after }) => ({
    atMs,
    kind,
    subject,
    ...present('before', before),
    ...present('after', after),
  }));
  return { events };
}
