import { systemClock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { document, sample, setting, stream } from '../db/schema/index.ts';
import { registerHost } from '../hosts/hosts.ts';
import { writeBackup } from './backup.ts';
import { beginTarget } from './target-file.ts';

/** For tests: hosts with a run of an agent, documents and samples. */
export function addHosts(
  database: Database,
  { hosts, samples }: { readonly hosts: number; readonly samples: number },
): void {
  for (let number = 1; number <= hosts; number += 1) {
    const { host } = registerHost(database, systemClock, `host-${number}`);
    const { id: streamId } = database
      .insert(stream)
      .values({ hostId: host.id, name: `run-${number}`, startedAtMs: 1, lastSequence: samples })
      .returning({ id: stream.id })
      .get();
    for (const name of ['cpu', 'zfsPools', 'pveGuests']) {
      const body = JSON.stringify(Array.from({ length: 50 }, (_, index) => ({ name: `${name}-${index}` })));
      database
        .insert(document)
        .values({ hostId: host.id, name, streamId, takenAtMs: 1, monotonicMs: 1, receivedAtMs: 1, body })
        .run();
    }
    for (let sequence = 1; sequence <= samples; sequence += 1) {
      const atMs = 1_700_000_000_000 + sequence * 10_000;
      database
        .insert(sample)
        .values({ streamId, sequence, hostId: host.id, atMs, receivedAtMs: atMs, load1: 1.5 })
        .run();
    }
  }
  const value = String(hosts);
  database.insert(setting).values({ key: 'test', value, changedAtMs: 1 }).onConflictDoNothing().run();
}

/** For tests: a backup of the database at this path. */
export async function makeBackup(databasePath: string, file: string): Promise<void> {
  const target = beginTarget(file, { replace: false, folderOwner: undefined, databasePath });
  await writeBackup(databasePath, target.descriptor, { full: false, limitBytes: Number.POSITIVE_INFINITY });
  target.commit();
}
