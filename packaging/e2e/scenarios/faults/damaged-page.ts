import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { eventually, expectText, expectThat } from '../../expectations.ts';
import { AckLedger } from './ack-ledger.ts';
import { DashboardClient } from './dashboard-client.ts';
import type { Ground } from './fault.ts';
import type { FaultyServer } from './faulty-server.ts';
import type { Outcome } from './outcome.ts';
import { StoredSamples, soundness } from './stored-samples.ts';

const SIZES = {
  full: { agents: 20, everyMs: 500, goodMs: 20_000, damagedMs: 15_000 },
  short: { agents: 2, everyMs: 50, goodMs: 500, damagedMs: 500 },
} as const;

/**
 * A page of the database is overwritten while the server runs. It must be said, nothing may be acked any more, also after
 * a restart, and what can be read is shown; after the restore agents deliver what they kept. The backup is from just
 * before: what is acked after a backup is in the damaged file alone.
 */
export async function damagedPage(ground: Ground): Promise<Outcome> {
  const { agents: count, everyMs, goodMs, damagedMs } = SIZES[ground.size];
  const server = await ground.server(count);
  await server.start();
  const ledger = new AckLedger();
  const { recording, rounds } = await ground.recorded();
  const { url } = server;
  const agents = server.tokens.map((token, number) =>
    ground.agent({ url, token, number, recording, rounds, ledger }),
  );
  for (const agent of agents) agent.start(everyMs);
  const client = await DashboardClient.signIn(server);
  await pause(goodMs);
  for (const agent of agents) agent.pause();
  await eventually('all acks', 30_000, async () => agents.every(({ waiting }) => waiting === 0));
  const backup = join(server.folder, 'monitor.backup');
  const made = await server.command('backup', '--full', backup);
  expectThat(made.code === 0, `no backup: ${made.stderr}`);
  const ackedBefore = ledger.ackedCount;

  await overwritePage(server, 'journal');
  for (const agent of agents) agent.take();
  await eventually('/readyz says so', 20_000, async () =>
    /The database is damaged .* Restore a backup: proxmox-monitor-server restore/.test(
      (await server.answer('/readyz')).body,
    ),
  );
  const file = readFileSync(server.databasePath);
  for (const agent of agents) for (let more = 0; more < 3; more += 1) agent.take();
  await pause(damagedMs);
  const fleet = await client.ask('/api/v1/fleet');
  expectThat(fleet.status === 200, `the fleet is answered with ${fleet.status} ${fleet.body.slice(0, 200)}`);
  const page = await client.ask('/');
  if (page.status === 200) expectText(page.body, /"trouble":\{"kind":"damaged"/);
  client.end();
  expectText(server.log, /the database is damaged: nothing is written to it until a backup is restored/);
  expectText(server.log, /"command":"proxmox-monitor-server restore /);
  expectThat(readFileSync(server.databasePath).equals(file), 'the damaged file was written to');
  const checked = await server.command('check');
  expectText(checked.stdout, /FAILED +database .* is damaged|was found damaged/);
  const slowed = agents.filter((agent) => agent.slowed > 0).length;
  ground.note(`${slowed} of ${count} agents were asked to wait; dashboards were answered`);

  await server.stop();
  // it reads the journal when it starts: systemd would try again every 5 s
  const again = await server.start().catch((error: unknown) => String(error));
  expectText(again ?? 'it started', /is damaged .*: restore a backup with proxmox-monitor-server restore/);
  await pause(damagedMs);
  expectThat(
    ledger.ackedCount === ackedBefore,
    `${ledger.ackedCount - ackedBefore} samples were acked with a damaged database`,
  );
  await server.stop();

  const restored = await server.command('restore', '--yes', backup);
  expectThat(restored.code === 0, `not restored: ${restored.stdout}${restored.stderr}`);
  await server.start();
  const kept = agents.reduce((sum, agent) => sum + agent.waiting, 0);
  const delivered = await Promise.all(agents.map((agent) => agent.deliverAll(60_000)));
  expectThat(delivered.every(Boolean), 'an agent could not deliver what it had kept');
  ground.note(`restored; ${kept} samples that agents had kept were delivered`);
  await server.stop();
  const verdict = soundness(server.databasePath);
  expectThat(verdict === 'ok', `the restored database is damaged: ${verdict}`);
  return ledger.outcome(new StoredSamples(server.databasePath));
}

/** As a disk does that forgets. The server has the page in memory until another process writes to the database. */
async function overwritePage(server: FaultyServer, table: string): Promise<void> {
  const client = new SqliteDatabase(server.databasePath, { timeout: 10_000 });
  client.pragma('wal_checkpoint(TRUNCATE)');
  const page = Number(client.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table));
  const size = Number(client.pragma('page_size', { simple: true }));
  client.close();
  const file = openSync(server.databasePath, 'r+');
  writeSync(file, Buffer.alloc(size, 0xa5), 0, size, (page - 1) * size);
  closeSync(file);
  const { code, stderr } = await server.command('register-host', 'another');
  expectThat(code === 0, `no other host could be registered: ${stderr}`);
}
