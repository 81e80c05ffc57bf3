import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { damageMarkPath } from '../health/damage-mark.ts';
import { checkPages } from '../health/page-check.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** Puts zeros over the first page of a table, in the file. */
function damage(server: TestServer, table: string): void {
  const { $client: client } = server.database;
  client.pragma('wal_checkpoint(TRUNCATE)');
  const page = Number(client.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table));
  const size = Number(client.pragma('page_size', { simple: true }));
  const file = openSync(server.databasePath, 'r+');
  writeSync(file, Buffer.alloc(size, 0xa5), 0, size, (page - 1) * size);
  closeSync(file);
  // the pages that SQLite has in memory are those from before
  client.pragma('shrink_memory');
}

async function connected(timing = {}) {
  const server = await startTestServer(timing);
  const agent = await server.agent(server.host('pve1').token);
  await agent.deliver();
  return { server, agent };
}

test('a damaged page that a commit meets: nothing is acked or written any more, and the log says what to type', async () => {
  const { server, agent } = await connected();
  damage(server, 'journal');
  agent.sendSample();
  const { reason, retryAfterMs } = await agent.next('slow');
  expect([reason, retryAfterMs]).toEqual(["the server's database is damaged", 60_000]);
  expect(server.ingest.health()).toMatchObject({
    state: 'damaged',
    command: 'proxmox-monitor-server restore FILE',
  });
  const before = readFileSync(server.databasePath);
  agent.sendSample();
  await agent.next('slow');
  expect(agent.acked.size).toBe(1);
  expect(readFileSync(server.databasePath).equals(before)).toBe(true);
  const told = server.log.filter((line) => line.startsWith('the database is damaged'));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch('proxmox-monitor-server restore FILE');
  expect(existsSync(damageMarkPath(server.databasePath))).toBe(true);
});

test('a page that nobody reads is found by the look at all of them', async () => {
  const { server, agent } = await connected({ pageCheckMs: 100 });
  expect(await checkPages(server.databasePath, 'quick_check')).toBe('ok');
  damage(server, 'tier_hour');
  await expect.poll(() => server.ingest.health().state, { timeout: 10_000 }).toBe('damaged');
  agent.sendSample();
  await agent.next('slow');
  expect(agent.acked.size).toBe(1);
});
