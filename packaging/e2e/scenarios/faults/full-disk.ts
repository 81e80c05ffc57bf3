import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually, expectThat } from '../../expectations.ts';
import { AckLedger } from './ack-ledger.ts';
import type { Ground } from './fault.ts';
import type { Outcome } from './outcome.ts';
import { StoredSamples, soundness } from './stored-samples.ts';

const SIZES = {
  full: { agents: 20, everyMs: 500, fullMs: 30_000 },
  short: { agents: 2, everyMs: 50, fullMs: 1_000 },
} as const;
/** With less than 64 MB free the server says that the disk is full, though it could go on. */
const DISK = '100m';
const CHUNK = Buffer.alloc(1024 * 1024);

/** Why no disk of its own can be given to a server here. */
export function noOwnMounts(): string | undefined {
  const { status } = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return status === 0 ? undefined : 'needs root, for a disk of its own';
}

/** The server's disk is filled by somebody else under load, and emptied again. Nobody restarts anything. */
export async function fullDisk(ground: Ground): Promise<Outcome> {
  const { agents: count, everyMs, fullMs } = SIZES[ground.size];
  // the small disk is mounted over the folder in a namespace of the server's own, with what was prepared in it
  const server = await ground.server(count, {
    wrapper: ['unshare', '--mount', 'bash', '-c', MOUNT, 'bash', DISK],
  });
  await server.start();
  const inside = (file: string): string => `/proc/${server.pid}/root${join(server.folder, file)}`;
  const ledger = new AckLedger();
  const { recording, rounds } = await ground.recorded();
  const { url } = server;
  const agents = server.tokens.map((token, number) =>
    ground.agent({ url, token, number, recording, rounds, ledger }),
  );
  for (const agent of agents) agent.start(everyMs);
  await eventually('acks of all', 30_000, async () => ledger.ackedCount > 5 * count);
  fill(inside('filler'));
  await eventually('samples are not stored any more', 60_000, async () =>
    agents.some(({ slowed }) => slowed > 0),
  );
  const { body } = await server.answer('/readyz');
  expectThat(/full|cannot be stored/.test(body), `/readyz says ${body}`);
  const ackedWhenFull = ledger.ackedCount;
  await pause(fullMs);
  expectThat((await server.answer('/healthz')).status === 200, 'the server does not answer any more');
  const waiting = agents.reduce((sum, agent) => sum + agent.waiting, 0);
  ground.note(
    `full for ${fullMs / 1000} s: ${ledger.ackedCount - ackedWhenFull} acked meanwhile, ${waiting} kept by agents`,
  );
  rmSync(inside('filler'));
  const delivered = await Promise.all(agents.map((agent) => agent.deliverAll(60_000)));
  expectThat(delivered.every(Boolean), 'an agent could not deliver what it had kept');
  expectThat(await server.isReady(), 'the server did not mend itself');
  const ends = agents.reduce((sum, agent) => sum + agent.ends, 0);
  expectThat(ends === 0, `agents lost their connection ${ends} times`);
  // SQLite would follow the link to the folder that the small disk is mounted over
  const path = join(await ground.folder(), 'monitor.db');
  for (const suffix of ['', '-wal']) copyFileSync(`${inside('monitor.db')}${suffix}`, `${path}${suffix}`);
  expectThat(soundness(path) === 'ok', 'the database is damaged');
  return ledger.outcome(new StoredSamples(path));
}

/** The folder of the server is the one of its configuration, the last argument. */
const MOUNT = `set -e
size=$1; shift
for folder; do :; done
folder=\${folder%/*}
kept=$(mktemp -d)
cp -a "$folder/." "$kept"
mount -t tmpfs -o size="$size" tmpfs "$folder"
cp -a "$kept/." "$folder"
rm -r "$kept"
exec "$@"`;

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let size = CHUNK.length; size >= 4096; ) {
      try {
        if (writeSync(file, CHUNK, 0, size) < size) size /= 2;
      } catch {
        size /= 2;
      }
    }
  } finally {
    closeSync(file);
  }
}
