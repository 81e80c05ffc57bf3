import type { Source, Sources } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { openDatabase } from '../db/open.ts';
import { startTestServer } from './test-server.ts';

/** More than fits into what is left of the pages that the database has. */
function manySources(): Sources {
  const source = (): Source => ({
    state: 'failed',
    sinceMs: 1,
    checkedAtMs: 1,
    durationMs: 1,
    reason: 'x'.repeat(2_000),
  });
  return Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`filler${index}`, source()]));
}

test('a full disk: nothing is acked, the agents are told to wait, and all is stored once there is room', async () => {
  const server = await startTestServer();
  const agent = await server.agent(server.host('pve1').token);
  await agent.deliver();
  const { $client: client } = server.database;
  const pages = Number(client.pragma('page_count', { simple: true }));
  client.pragma(`max_page_count = ${pages}`);
  agent.sendSample({ sources: manySources() });
  agent.sendSample();
  const slow = await agent.next('slow');
  expect(slow.reason).toContain('full');
  expect(slow.retryAfterMs).toBeGreaterThan(0);
  expect(server.ingest.health()).toMatchObject({ state: 'failing', reason: expect.stringContaining('full') });
  expect(agent.acked.size).toBe(1);
  expect(server.samples()).toHaveLength(1);
  client.pragma('max_page_count = 1073741823');
  await agent.until(() => agent.acked.size === 3, 'the other acks');
  expect(server.samples()).toHaveLength(3);
  expect(server.ingest.health()).toEqual({ state: 'ok' });
  expect(server.log.filter((line) => line.startsWith('the database takes nothing'))).toHaveLength(1);
});

test('a database that another process holds is waited for', async () => {
  const server = await startTestServer();
  server.database.$client.pragma('busy_timeout = 10');
  const agent = await server.agent(server.host('pve1').token);
  await agent.deliver();
  const { $client: other } = openDatabase(server.databasePath);
  other.exec('BEGIN IMMEDIATE');
  agent.sendSample();
  expect((await agent.next('slow')).reason).toContain('locked');
  other.exec('COMMIT');
  other.close();
  await agent.until(() => agent.acked.size === 2, 'the second ack');
});

test('more samples than the agent may have on the way are put off, not lost', async () => {
  const server = await startTestServer({ gatherMs: 100 });
  const agent = await server.agent(server.host('pve1').token);
  for (let index = 0; index < 70; index += 1) agent.sendSample();
  expect((await agent.next('slow')).reason).toContain('64 samples wait');
  await agent.until(() => agent.acked.size === 64, '64 acks');
  for (let sequence = 65; sequence <= 70; sequence += 1) agent.sendSample({ sequence });
  await agent.until(() => agent.acked.size === 70, 'the rest');
  expect(server.samples()).toHaveLength(70);
});

test('what waits is committed and acked when the server ends', async () => {
  const server = await startTestServer({ gatherMs: 60_000 });
  const agent = await server.agent(server.host('pve1').token);
  agent.sendSample();
  agent.sendSample();
  // a third frame that shows that the two before it have arrived
  agent.send({ type: 'sample', stream: agent.stream, sequence: 3 });
  await agent.until(() => agent.nacked.has(3), 'the nack');
  expect(agent.acked.size).toBe(0);
  await server.ingest.close();
  await agent.closed;
  expect(agent.acked.size).toBe(2);
  expect(server.samples()).toHaveLength(2);
});

test('when many hosts wait, nobody waits for more', async () => {
  const server = await startTestServer({ gatherMs: 10_000 });
  const hosts = Array.from({ length: 20 }, (_, index) => server.host(`pve${index}`).token);
  // Each hello is committed, too: the twenty of them together, and then the twenty samples.
  const agents = await Promise.all(hosts.map((token) => server.agent(token)));
  for (const agent of agents) agent.sendSample();
  for (const agent of agents) await agent.until(() => agent.acked.size === 1, 'the ack');
}, 5_000);
