import { type AddressInfo, isIPv4 } from 'node:net';
import { Value } from 'typebox/value';
import { expect, onTestFinished, test } from 'vitest';
import { Fleet, HostDetail, NewToken } from './api/schema.ts';
import { buildApp } from './app.ts';
import { hashPassword, setPassword } from './auth/password.ts';
import { systemClock } from './clock.ts';
import { MIGRATIONS_FOLDER } from './db/test-database.ts';
import { ServerEvents } from './events.ts';
import { DEFAULT_RETENTION } from './history/tiers.ts';
import { temporaryDatabase, temporaryFolder } from './http/testing.ts';
import { createIngest } from './ingest/index.ts';
import { TestAgent } from './ingest/test-agent.ts';

const silentLog = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // a test reads answers, not the log
}

/** The whole server, listening, without TLS on loopback. */
async function startServer() {
  const database = await temporaryDatabase();
  const [events, clock, retention] = [new ServerEvents(), systemClock, DEFAULT_RETENTION];
  setPassword(database, clock, await hashPassword('correct horse'));
  const ingest = createIngest({
    database,
    events,
    clock,
    log: silentLog,
    retention,
    timing: { gatherMs: 5 },
  });
  const app = await buildApp({
    config: {
      databasePath: database.$client.name,
      migrationsFolder: MIGRATIONS_FOLDER,
      secretKeyBase: 'a secret of the tests, longer than 32 characters',
      passwordHashSeed: undefined,
      publicHost: undefined,
      listenAddress: '127.0.0.1',
      port: 0,
      trustedProxies: ['127.0.0.0/8', '::1'],
      authorityFile: '/nonexistent/authority.pem',
      retention,
      webFolder: await temporaryFolder(),
    },
    database,
    events,
    clock,
    links: ingest.links,
    latest: ingest.latest,
    history: ingest.history,
    storageHealth: () => ingest.health(),
    registerIngest: (scope) => ingest.register(scope),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await ingest.close();
    await app.close();
  });
  const url = addressOf(app.server.address());
  const login = await fetch(`${url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url },
    body: new URLSearchParams({ password: 'correct horse' }),
  });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { origin: url, cookie, ...init.headers } });
  return { url, request };
}

function addressOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string' || !isIPv4(address.address))
    throw new Error('not listening');
  return `http://${address.address}:${address.port}`;
}

test('from the registration on the dashboard to the first values, and to the end of the token', async () => {
  const { url, request } = await startServer();
  const added: unknown = await (
    await request('/api/v1/admin/hosts', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'pve-01' }),
    })
  ).json();
  if (!Value.Check(NewToken, added)) throw new Error('not a NewToken');

  const agent = await TestAgent.connect({ url, token: added.token });
  await agent.deliver();
  await agent.deliver();

  const fleet: unknown = await (await request('/api/v1/fleet')).json();
  if (!Value.Check(Fleet, fleet)) throw new Error('not a Fleet');
  expect(fleet.hosts).toHaveLength(1);
  expect(fleet.hosts[0]).toMatchObject({
    name: 'pve-01',
    state: 'live',
    severity: 'ok',
    connected: true,
    agentVersion: '0.0.0-test',
    cpu: { logicalCpus: 4, usedPercent: expect.closeTo(37.5, 1) },
    memory: { totalBytes: 8e9, usedBytes: 2e9 },
  });
  const detail: unknown = await (await request('/api/v1/hosts/pve-01')).json();
  if (!Value.Check(HostDetail, detail)) throw new Error('not a HostDetail');
  expect(detail.documents.load?.body.load1).toBe(0.5);

  await request('/api/v1/admin/hosts/pve-01/token', { method: 'POST' });
  expect((await agent.closed).code).toBe(4401);
});

test('an agent needs its token, and nothing of the dashboard helps it', async () => {
  const { url, request } = await startServer();
  expect((await request('/agent/v1/connect')).status).toBe(403);
  const response = await fetch(`${url}/agent/v1/connect`);
  expect(response.status).toBe(401);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await response.json()).toEqual({ error: expect.any(String), message: expect.any(String) });
  await expect(TestAgent.open({ url, token: 'pma_nonsense' })).rejects.toThrow('HTTP 401');
});
