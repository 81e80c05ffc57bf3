import { CLOSE_CODES } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { TestAgent } from './test-agent.ts';
import { startTestServer } from './test-server.ts';

test('a second agent is refused while the first one answers, and both are named', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const first = await server.agent(token);
  const changes: number[] = [];
  server.events.on('linkChanged', (hostId) => changes.push(hostId));
  const second = await TestAgent.open({ url: server.url, token, hostname: 'thief' });
  second.sendHello();
  const closing = await second.closed;
  expect(closing.code).toBe(CLOSE_CODES.duplicateAgent);
  expect(closing.reason).toContain('another agent (127.0.0.1) uses this token');
  expect(server.ingest.links.duplicateOf(id)).toMatchObject({
    address: '127.0.0.1',
    connectedAddress: '127.0.0.1',
    hostname: 'thief',
  });
  expect(changes).toEqual([id]);
  await first.deliver();
});

test('a host that was reset takes the place of the connection that it left behind', async () => {
  const server = await startTestServer({ duplicateMs: 50 });
  const { id, token } = server.host('pve1');
  const before = await server.agent(token, { autoPong: false });
  const after = await server.agent(token, { bootId: 'boot-2' });
  expect(await before.closed).toMatchObject({ code: CLOSE_CODES.replaced });
  await after.deliver();
  expect(server.ingest.links.isConnected(id)).toBe(true);
  expect(server.ingest.links.duplicateOf(id)).toBeUndefined();
});

test('the same run of an agent that comes back is let in at once', async () => {
  const server = await startTestServer({ duplicateMs: 60_000 });
  const { token } = server.host('pve1');
  const before = await server.agent(token, { autoPong: false });
  const after = await server.agent(token, { stream: before.stream });
  expect(await before.closed).toMatchObject({ code: CLOSE_CODES.replaced });
  await after.deliver();
});

test('while two are being told apart a third is refused', async () => {
  const server = await startTestServer({ duplicateMs: 60_000 });
  const { token } = server.host('pve1');
  await server.agent(token, { autoPong: false });
  const second = await TestAgent.open({ url: server.url, token });
  second.sendHello();
  const third = await TestAgent.open({ url: server.url, token });
  third.sendHello();
  const closings = Promise.race([second.closed, third.closed]);
  expect(await closings).toMatchObject({ code: CLOSE_CODES.duplicateAgent });
});

test('the newcomer is let in when the first one goes away meanwhile', async () => {
  const server = await startTestServer({ duplicateMs: 60_000 });
  const { id, token } = server.host('pve1');
  const first = await server.agent(token, { autoPong: false });
  const second = await TestAgent.open({ url: server.url, token });
  second.sendHello();
  first.kill();
  await second.next('welcome');
  await second.deliver();
  expect(server.ingest.links.isConnected(id)).toBe(true);
});

test('a newcomer that gives up leaves the first one in its place', async () => {
  const server = await startTestServer({ duplicateMs: 100 });
  const { id, token } = server.host('pve1');
  const first = await server.agent(token, { autoPong: false });
  const second = await TestAgent.open({ url: server.url, token });
  second.sendHello();
  second.kill();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await first.deliver();
  expect(server.ingest.links.isConnected(id)).toBe(true);
});

test('a refused agent is forgotten after a while, and at once with a new token', async () => {
  const server = await startTestServer({ duplicateMemoryMs: 100 });
  const { id, token } = server.host('pve1');
  await server.agent(token);
  const second = await TestAgent.open({ url: server.url, token });
  second.sendHello();
  await second.closed;
  expect(server.ingest.links.duplicateOf(id)).toBeDefined();
  await expect.poll(() => server.ingest.links.duplicateOf(id)).toBeUndefined();
});

test('hosts do not get into each other: same stream name, two tokens', async () => {
  const server = await startTestServer();
  const first = await server.agent(server.host('pve1').token);
  const second = await server.agent(server.host('pve2').token, { stream: first.stream });
  await first.deliver();
  await second.deliver();
  expect(server.samples()).toHaveLength(2);
  expect(server.rows('SELECT count(*) AS n FROM stream')).toEqual([{ n: 2 }]);
});
