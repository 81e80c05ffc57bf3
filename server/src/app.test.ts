import type { InjectOptions } from 'fastify';
import { describe, expect, test } from 'vitest';
import { build, ORIGIN, SAME_ORIGIN, type TestApp } from './http/test-app.ts';

const POLICY =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';font-src 'self';" +
  "base-uri 'none';object-src 'none';frame-ancestors 'none';form-action 'self'";

describe('every answer has the security headers', () => {
  test.each<[number, string, InjectOptions, boolean]>([
    [200, 'a page', { url: '/' }, true],
    [303, 'a redirect to the login', { url: '/' }, false],
    [200, 'the login', { url: '/login' }, false],
    [
      401,
      'a wrong password',
      { method: 'POST', url: '/login', headers: FORM(), payload: 'password=x' },
      false,
    ],
    [200, 'the API', { url: '/api/v1/fleet' }, true],
    [401, 'the API without a login', { url: '/api/v1/fleet' }, false],
    [
      403,
      'a request from elsewhere',
      { method: 'POST', url: '/logout', headers: { origin: 'https://evil' } },
      false,
    ],
    [404, 'an unknown host', { url: '/hosts/nobody' }, true],
    [404, 'an unknown page', { url: '/nothing' }, false],
    [404, 'an unknown part of the API', { url: '/api/v1/nothing' }, false],
    [404, 'an unknown file', { url: '/assets/nothing.js' }, false],
    [404, 'an address that is none', { url: '/hosts/%zz' }, false],
    [404, 'a very long address', { url: `/hosts/${'x'.repeat(5_000)}/nothing` }, true],
    [400, 'a name that is too long', { url: `/hosts/${'x'.repeat(5_000)}` }, true],
    [200, 'a file', { url: '/assets/main-ABC123.js' }, false],
    [200, 'health', { url: '/healthz' }, false],
    [413, 'a body that is too large', JSON_POST({ name: 'x'.repeat(70_000) }), true],
    [
      415,
      'a body that is no JSON',
      { ...JSON_POST({}), headers: { ...SAME_ORIGIN, 'content-type': 'text/plain' } },
      true,
    ],
  ])('%i: %s', async (status, _, request, signedIn) => {
    const server = await build();
    const response = signedIn ? await server.signedIn(request) : await server.app.inject(request);
    expect(response.statusCode).toBe(status);
    expect(response.headers).toMatchObject({
      'content-security-policy': POLICY,
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    const cached = request.url === '/assets/main-ABC123.js';
    expect(response.headers['cache-control']).toBe(
      cached ? 'public, max-age=31536000, immutable' : 'no-store',
    );
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('without TLS there is no HSTS, and browsers may tell the origin to the server itself', async () => {
    const { app } = await build({ config: { publicHost: undefined } });
    const { headers } = await app.inject('/login');
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers['referrer-policy']).toBe('same-origin');
  });
});

describe('every route has a policy', () => {
  test('and these are all that there are', async () => {
    const { app } = await build();
    await app.ready();
    const routes = app.registeredRoutes.filter((route) => route.method !== 'HEAD');
    expect(routes.map(({ method, url, policy }) => `${policy} ${method} ${url}`).toSorted()).toEqual([
      'login DELETE /api/v1/admin/hosts/:name',
      'login GET /',
      'login GET /admin/hosts',
      'login GET /api/v1/admin/hosts',
      'login GET /api/v1/fleet',
      'login GET /api/v1/hosts/:name',
      'login GET /api/v1/hosts/:name/events',
      'login GET /api/v1/hosts/:name/history',
      'login GET /api/v1/hosts/:name/history.csv',
      'login GET /api/v1/hosts/:name/things',
      'login GET /api/v1/live',
      'login GET /api/v1/openapi.json',
      'login GET /api/v1/session',
      'login GET /hosts/:name',
      'login POST /api/v1/admin/hosts',
      'login POST /api/v1/admin/hosts/:name/token',
      'metrics GET /metrics',
      'public GET /apt',
      'public GET /apt/*',
      'public GET /apt/dists/stable/InRelease',
      'public GET /apt/dists/stable/Release',
      'public GET /apt/dists/stable/Release.gpg',
      'public GET /apt/dists/stable/main/binary-amd64/Packages',
      'public GET /apt/dists/stable/main/binary-amd64/Packages.gz',
      'public GET /apt/dists/stable/main/binary-arm64/Packages',
      'public GET /apt/dists/stable/main/binary-arm64/Packages.gz',
      'public GET /apt/proxmox-monitor.asc',
      'public GET /apt/proxmox-monitor.sources',
      'public GET /assets/*',
      'public GET /healthz',
      'public GET /login',
      'public GET /readyz',
      'public POST /login',
      'public POST /logout',
    ]);
  });

  test('and each that needs a login refuses without one, whatever the cookie says', async () => {
    const { app } = await build();
    await app.ready();
    const guarded = app.registeredRoutes.filter((route) => route.policy === 'login');
    expect(guarded.length).toBeGreaterThan(10);
    const cookies = ['', '__Host-pm=', `__Host-pm=${'A'.repeat(43)}`, `pm=${'A'.repeat(43)}`];
    for (const { method, url } of guarded) {
      for (const cookie of cookies) {
        const path = url.replace(':name', 'pve-01');
        const response = await app.inject({
          method: methodOf(method),
          url: path,
          headers: { ...SAME_ORIGIN, cookie },
        });
        const isApi = url.startsWith('/api/');
        expect([method, url, response.statusCode]).toEqual([method, url, isApi ? 401 : 303]);
        if (!isApi) expect(response.headers.location).toBe(`/login?next=${encodeURIComponent(path)}`);
      }
    }
  });

  test('or the server does not start', async () => {
    const registerIngest = (agents: TestApp['app']) => {
      agents.addHook('onRoute', (route) => {
        route.config = {};
      });
      agents.get('/agent/v1/forgotten', () => 'open');
    };
    const server = await build({ registerIngest });
    await expect(server.app.ready()).rejects.toThrow('the route GET /agent/v1/forgotten has no policy');
  });

  test("and the agents' route is left to the ingest", async () => {
    const registerIngest = (agents: TestApp['app']) => {
      agents.get('/agent/v1/connect', (request) => ({ session: request.session === undefined }));
    };
    const { app } = await build({ registerIngest });
    const response = await app.inject('/agent/v1/connect');
    expect(response.json()).toEqual({ session: true });
    expect(app.registeredRoutes.find((route) => route.url === '/agent/v1/connect')?.policy).toBe('agent');
  });
});

describe('under pressure', () => {
  test('the dashboard answers 503 and says when to come back; agents and health go on', async () => {
    const { app } = await build({
      // always above: one byte of heap
      pressure: { maxHeapUsedBytes: 1 },
      registerIngest: (agents) => {
        agents.get('/agent/v1/connect', () => 'connected');
      },
    });
    await expect.poll(async () => (await app.inject('/login')).statusCode, { timeout: 10_000 }).toBe(503);
    const api = await app.inject('/api/v1/fleet');
    expect(api.statusCode).toBe(503);
    expect(api.headers['retry-after']).toBe('10');
    expect(api.json()).toEqual({ error: 'busy', message: expect.stringContaining('busy') });
    expect((await app.inject('/agent/v1/connect')).body).toBe('connected');
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });
});

describe('rate limits', () => {
  test('slow down whoever looks for addresses that do not exist, by address', async () => {
    const { app } = await build();
    const probe = (ip: string) => app.inject({ url: '/wp-login.php', headers: { 'x-forwarded-for': ip } });
    for (let index = 0; index < 60; index += 1) expect((await probe('203.0.113.7')).statusCode).toBe(404);
    const limited = await probe('203.0.113.7');
    expect(limited.statusCode).toBe(429);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect(limited.body).toContain('Too many requests');
    expect((await probe('203.0.113.8')).statusCode).toBe(404);
  });

  test('hold for the dashboard, and health is not counted', async () => {
    const { app } = await build();
    const statuses = new Set<number>();
    for (let index = 0; index < 1_201; index += 1)
      statuses.add((await app.inject('/api/v1/fleet')).statusCode);
    expect([...statuses]).toEqual([401, 429]);
    expect((await app.inject('/api/v1/fleet')).json()).toMatchObject({ error: 'too_many_requests' });
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });
});

test('an address in X-Forwarded-For counts only when the proxy on this machine says it', async () => {
  const { app, signIn } = await build();
  const wrong = (remoteAddress: string, forwarded: string) =>
    signIn('wrong', { remoteAddress, headers: { 'x-forwarded-for': forwarded } });
  for (let index = 0; index < 5; index += 1) await wrong('203.0.113.7', `10.0.0.${index}`);
  expect((await wrong('203.0.113.7', '10.0.0.99')).statusCode).toBe(429);
  // through the proxy, what a client claims itself stands before what the proxy saw
  for (let index = 0; index < 5; index += 1) await wrong('127.0.0.1', `10.0.0.${index}, 198.51.100.1`);
  expect((await wrong('127.0.0.1', '10.0.0.99, 198.51.100.1')).statusCode).toBe(429);
  expect((await app.inject('/healthz')).statusCode).toBe(200);
});

test('a proxy on another machine is believed when the configuration names it, and only then', async () => {
  const { app, signIn } = await build({ config: { trustedProxies: ['10.9.0.0/16', 'fd00::7'] } });
  const wrong = (remoteAddress: string, forwarded: string) =>
    signIn('wrong', { remoteAddress, headers: { 'x-forwarded-for': forwarded } });
  for (const proxy of ['10.9.0.5', '10.9.255.1', 'fd00::7', '::ffff:10.9.3.3', '10.9.0.1']) {
    expect((await wrong(proxy, '198.51.100.1')).statusCode).toBe(401);
  }
  expect((await wrong('10.9.0.5', '198.51.100.1')).statusCode).toBe(429);
  expect((await wrong('10.9.0.5', '198.51.100.2')).statusCode).toBe(401);
  // the loopback is not in the list: what it says of others is not believed
  for (let index = 0; index < 5; index += 1) await wrong('127.0.0.1', `10.1.0.${index}`);
  expect((await wrong('127.0.0.1', '10.1.0.99')).statusCode).toBe(429);
  expect((await app.inject('/healthz')).statusCode).toBe(200);
});

test('an error inside of the server shows nothing of itself', async () => {
  const { app, database, signedIn } = await build();
  await signedIn({ url: '/api/v1/fleet' });
  database.$client.exec('ALTER TABLE host RENAME TO gone');
  const api = await signedIn({ url: '/api/v1/fleet' });
  expect(api.statusCode).toBe(503);
  expect(api.json()).toMatchObject({ error: 'database' });
  expect(api.body).not.toMatch(/sqlite|no such table|node_modules/i);
  const page = await signedIn({ url: '/' });
  expect(page.statusCode).toBe(503);
  expect((await app.inject('/healthz')).statusCode).toBe(200);
});

test('while the disk is full the dashboard still shows what it knows, and says why it changes nothing', async () => {
  const server = await build();
  server.addHost('pve-01');
  await server.signedIn({ url: '/' });
  server.database.$client.pragma('query_only = ON');
  server.clock.advance(120_000);
  expect((await server.signedIn({ url: '/' })).statusCode).toBe(200);
  expect((await server.signedIn({ url: '/api/v1/fleet' })).json().hosts).toHaveLength(1);
  const refused = await server.signedIn({
    method: 'POST',
    url: '/api/v1/admin/hosts',
    payload: { name: 'pve-02' },
  });
  expect(refused.statusCode).toBe(503);
  expect(refused.json()).toEqual({ error: 'database', message: expect.stringContaining('disk may be full') });
  server.database.$client.pragma('query_only = OFF');
  const added = await server.signedIn({
    method: 'POST',
    url: '/api/v1/admin/hosts',
    payload: { name: 'pve-02' },
  });
  expect(added.statusCode).toBe(201);
});

describe('files', () => {
  test('are sent compressed to whoever takes that', async () => {
    const { app } = await build();
    const gzip = await app.inject({ url: '/assets/main-ABC123.js', headers: { 'accept-encoding': 'gzip' } });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gzip.body).toBe('compressed');
    expect((await app.inject('/assets/main-ABC123.js')).body).toBe('/* main.js */');
  });

  test.each([
    '/assets/../secret.txt',
    '/assets/%2e%2e/secret.txt',
    '/assets/..%2fsecret.txt',
    '/assets/%2e%2e%2fsecret.txt',
    '/assets/..%5csecret.txt',
    '/assets//../secret.txt',
    '/assets/./../secret.txt',
    '/assets/..%00/secret.txt',
    '/assets/../manifest.json',
    '/assets/',
    '/assets',
    '/secret.txt',
    '/manifest.json',
  ])('outside of the folder are not there: %s', async (url) => {
    const { app } = await build();
    const response = await app.inject(url);
    expect(response.statusCode).toBeGreaterThanOrEqual(400);
    expect(response.statusCode).toBeLessThan(500);
    expect(response.body).not.toContain('not for everyone');
    expect(response.body).not.toContain('main-ABC123.js":');
  });
});

function FORM() {
  return { ...SAME_ORIGIN, 'content-type': 'application/x-www-form-urlencoded' };
}

function JSON_POST(payload: object): InjectOptions {
  return { method: 'POST', url: '/api/v1/admin/hosts', headers: { origin: ORIGIN }, payload };
}

function methodOf(method: string) {
  const known = (['GET', 'HEAD', 'POST', 'DELETE'] as const).find((each) => each === method);
  if (known === undefined) throw new Error(`unexpected method ${method}`);
  return known;
}
