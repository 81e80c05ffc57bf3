import { request } from 'node:http';
import { CLOSE_CODES, CONNECT_PATH, PROTOCOL_VERSION } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { openDatabase } from '../db/open.ts';
import { removeHost, rotateToken } from '../hosts/hosts.ts';
import { generateToken } from '../hosts/tokens.ts';
import { TestAgent, UpgradeRefusedError } from './test-agent.ts';
import { startTestServer } from './test-server.ts';

async function refusal(attempt: Promise<unknown>): Promise<{ statusCode: number; body: unknown }> {
  try {
    await attempt;
  } catch (error) {
    if (!(error instanceof UpgradeRefusedError)) throw error;
    return { statusCode: error.statusCode, body: JSON.parse(error.body) };
  }
  throw new Error('the connection was upgraded');
}

function get(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request(new URL(CONNECT_PATH, url), { headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    })
      .on('error', reject)
      .end();
  });
}

test('hello is answered with the registered name, the protocol and the last stored sequence', async () => {
  const server = await startTestServer();
  const { token } = server.host('pve1');
  const agent = await TestAgent.open({ url: server.url, token });
  agent.sendHello();
  const welcome = await agent.next('welcome');
  expect(welcome).toMatchObject({ hostName: 'pve1', protocol: PROTOCOL_VERSION, lastCommittedSequence: 0 });
  await agent.deliver();
  await agent.deliver();
  await agent.end();
  const again = await TestAgent.open({ url: server.url, token, stream: agent.stream });
  again.sendHello({ nextSequence: 3 });
  expect(await again.next('welcome')).toMatchObject({ lastCommittedSequence: 2 });
});

test.each([
  ['no token', {}, 'no token'],
  ['another scheme', { authorization: 'Basic cG1hOng=' }, 'must be sent as'],
  ['a token that is cut short', { authorization: 'Bearer pma_abc' }, 'is cut short'],
  ['a token that nobody has', { authorization: `Bearer ${generateToken().text}` }, 'is not known here'],
  ['nonsense', { authorization: 'Bearer ../../etc/passwd' }, 'does not begin with pma_'],
])('%s is refused before the upgrade, in words', async (_name, headers, message) => {
  const server = await startTestServer();
  const { statusCode, body } = await refusal(
    TestAgent.open({ url: server.url, token: '', headers: { authorization: '', ...headers } }),
  );
  expect(statusCode).toBe(401);
  expect(body).toMatchObject({ error: 'unauthorized', message: expect.stringContaining(message) });
});

test('a mistyped token is told from an unknown one, and is not repeated in the answer', async () => {
  const server = await startTestServer();
  const { token } = server.host('pve1');
  const mistyped = `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`;
  const { body } = await refusal(TestAgent.open({ url: server.url, token: mistyped }));
  expect(JSON.stringify(body)).toContain('mistyped');
  expect(JSON.stringify(body)).not.toContain(token.slice(20, 50));
});

test.each([{ origin: 'https://evil.example' }, { cookie: 'a=b' }])(
  'a browser is refused even with a good token: %j',
  async (headers) => {
    const server = await startTestServer();
    const { token } = server.host('pve1');
    expect(await refusal(TestAgent.open({ url: server.url, token, headers }))).toMatchObject({
      statusCode: 403,
      body: { error: 'forbidden' },
    });
  },
);

test('a good token without an upgrade is answered 426, which disturbs nobody; a bad one 401', async () => {
  const server = await startTestServer();
  const { token } = server.host('pve1');
  const agent = await server.agent(token);
  const good = await get(server.url, { authorization: `Bearer ${token}` });
  expect(good.status).toBe(426);
  expect(JSON.parse(good.body)).toMatchObject({ error: 'upgrade_required' });
  expect((await get(server.url, { authorization: 'Bearer pma_x' })).status).toBe(401);
  await agent.deliver();
});

test('a connection that does not say hello is closed', async () => {
  const server = await startTestServer({ helloMs: 30 });
  const agent = await TestAgent.open({ url: server.url, token: server.host('pve1').token });
  expect(await agent.closed).toEqual({ code: CLOSE_CODES.badFrame, reason: 'no hello within 0.03 s' });
});

test.each([
  [0, 'protocol 0 is too old for this server: upgrade the agent'],
  [PROTOCOL_VERSION + 2, 'is too new for this server: upgrade the server'],
])('protocol %d is refused with what to upgrade', async (protocol, reason) => {
  const server = await startTestServer();
  const agent = await TestAgent.open({ url: server.url, token: server.host('pve1').token });
  agent.send({ type: 'hello', protocol, shape: 'of another time' });
  const closing = await agent.closed;
  expect(closing.code).toBe(CLOSE_CODES.protocolMismatch);
  expect(closing.reason).toContain(reason);
});

test('an agent one version ahead is answered with the version of the server', async () => {
  const server = await startTestServer();
  const agent = await TestAgent.open({ url: server.url, token: server.host('pve1').token });
  agent.sendHello({ protocol: PROTOCOL_VERSION + 1 });
  expect(await agent.next('welcome')).toMatchObject({ protocol: PROTOCOL_VERSION });
});

test('hello is remembered on the host: facts, version, boot and how far its clock is off', async () => {
  const server = await startTestServer();
  const agent = await TestAgent.open({ url: server.url, token: server.host('pve1').token });
  agent.sendHello({ sentAtMs: Date.now() + 86_400_000, facts: { hostname: '<script>alert(1)</script>' } });
  await agent.next('welcome');
  await agent.deliver({ takenAtMs: Date.now() + 86_400_000 });
  const [host] = server.database.query.host.findMany().sync();
  expect(host).toMatchObject({ agentVersion: '0.0.0-test', bootId: 'boot-1' });
  expect(JSON.parse(host?.facts ?? '')).toEqual({ hostname: '<script>alert(1)</script>' });
  expect(Math.abs((host?.clockSkewMs ?? 0) - 86_400_000)).toBeLessThan(10_000);
  expect(host?.firstConnectedAtMs).toBeGreaterThan(0);
});

test('a token that another process revoked ends the connection, and does not open another', async () => {
  const server = await startTestServer();
  const { token } = server.host('pve1');
  const agent = await server.agent(token);
  const elsewhere = openDatabase(server.databasePath);
  const fresh = rotateToken(elsewhere, systemClock, 'pve1').token;
  elsewhere.$client.close();
  expect(await agent.closed).toMatchObject({ code: CLOSE_CODES.tokenRevoked });
  expect((await refusal(TestAgent.open({ url: server.url, token }))).statusCode).toBe(401);
  await (await server.agent(fresh)).deliver();
});

test('a token that is revoked between the upgrade and the hello opens nothing', async () => {
  const server = await startTestServer({ watchMs: 600_000 });
  const agent = await TestAgent.open({ url: server.url, token: server.host('pve1').token });
  rotateToken(server.database, systemClock, 'pve1');
  agent.sendHello();
  expect(await agent.closed).toMatchObject({ code: CLOSE_CODES.tokenRevoked });
});

test('the agent of a removed host is closed, and nothing of the host stays in memory', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const agent = await server.agent(token);
  await agent.deliver();
  expect(server.ingest.latest.get(id)).toBeDefined();
  removeHost(server.database, 'pve1');
  server.events.emit('hostsChanged');
  expect(await agent.closed).toMatchObject({ code: CLOSE_CODES.tokenRevoked });
  expect(server.ingest.latest.get(id)).toBeUndefined();
  expect(server.ingest.history.pending.hostIds()).toEqual([]);
});

test('a connection that is cut is noticed, and the dashboard hears of both', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const changes: boolean[] = [];
  server.events.on('linkChanged', (hostId) => changes.push(server.ingest.links.isConnected(hostId)));
  const agent = await server.agent(token);
  expect(server.ingest.links.isConnected(id)).toBe(true);
  agent.kill();
  await expect.poll(() => changes).toEqual([true, false]);
});

test('an agent that does not answer pings is given up', async () => {
  const server = await startTestServer({ pingMs: 20, deadMs: 60 });
  const { id, token } = server.host('pve1');
  const agent = await server.agent(token, { autoPong: false });
  expect((await agent.closed).code).toBe(1006);
  expect(server.ingest.links.isConnected(id)).toBe(false);
});

test('connections that wait with their hello are limited for each address', async () => {
  const server = await startTestServer();
  const { token } = server.host('pve1');
  const waiting = await Promise.all(
    Array.from({ length: 64 }, () => TestAgent.open({ url: server.url, token })),
  );
  expect(await refusal(TestAgent.open({ url: server.url, token }))).toMatchObject({ statusCode: 503 });
  waiting[0]?.kill();
  await expect
    .poll(() =>
      TestAgent.open({ url: server.url, token }).then(
        () => 'open',
        () => 'refused',
      ),
    )
    .toBe('open');
});

test('a server that ends tells its agents to come back', async () => {
  const server = await startTestServer();
  const agent = await server.agent(server.host('pve1').token);
  agent.sendSample();
  await expect.poll(() => server.log.length).toBeGreaterThan(0);
  await server.ingest.close();
  expect(await agent.closed).toMatchObject({ code: CLOSE_CODES.goingAway });
});

test('no token is ever logged', async () => {
  const server = await startTestServer();
  const { token } = server.host('pve1');
  const agent = await server.agent(token);
  agent.sendRaw('nonsense');
  await agent.closed;
  expect(server.log.join('\n')).not.toContain(token.slice(20, 40));
  expect(server.log.length).toBeGreaterThan(0);
});
