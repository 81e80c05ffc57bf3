import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { storePoints } from '../history/test-history.ts';
import { build, HOSTILE, type TestApp } from '../http/test-app.ts';
import { ApiError, Fleet, History, HostDetail, RegisteredHosts, SessionInfo, Things } from './schema.ts';

const LOAD = { load1: 1, load5: 2, load15: 3, runnableTasks: 1, tasks: 100 };

describe('GET /api/v1/fleet', () => {
  test('lists all hosts, worst first', async () => {
    const server = await build();
    const { host: waiting } = server.addHost('a-waiting');
    const { host: well } = server.addHost('b-well');
    const { host: degraded } = server.addHost('c-degraded');
    server.receive(well.id, { load: LOAD });
    server.receive(degraded.id, {
      zfsPools: { pools: [{ name: 'rpool', state: 'DEGRADED', activities: [], vdevs: [] }] },
    });
    server.connected.add(degraded.id);
    const response = await server.signedIn({ url: '/api/v1/fleet' });
    expect(response.statusCode).toBe(200);
    const fleet: unknown = response.json();
    if (!Value.Check(Fleet, fleet)) throw new Error('not a Fleet');
    expect(fleet.serverTimeMs).toBe(server.clock.now());
    expect(
      fleet.hosts.map(({ name, state, severity, connected }) => [name, state, severity, connected]),
    ).toEqual([
      [degraded.name, 'attention', 'crit', true],
      [waiting.name, 'waiting', 'info', false],
      [well.name, 'live', 'ok', false],
    ]);
  });

  test('calls no host silent right after the start of the server, and does so later', async () => {
    const server = await build();
    const { host } = server.addHost('pve-01');
    server.receive(host.id, { load: LOAD });
    const state = async () => (await server.signedIn({ url: '/api/v1/fleet' })).json().hosts[0].state;
    server.clock.advance(30_000);
    expect(await state()).toBe('live');
    server.clock.advance(6_000);
    expect(await state()).toBe('silent');
  });
});

describe('GET /api/v1/hosts/:name', () => {
  test('gives all of one host', async () => {
    const server = await build();
    const { host } = server.addHost('pve-01');
    server.receive(host.id, { load: LOAD });
    const detail: unknown = (await server.signedIn({ url: '/api/v1/hosts/pve-01' })).json();
    if (!Value.Check(HostDetail, detail)) throw new Error('not a HostDetail');
    expect(detail.documents.load).toEqual({
      receivedAtMs: server.clock.now(),
      takenAtMs: server.clock.now(),
      body: LOAD,
    });
  });

  test('tells what is wrong with it in the words of the fleet, until a sample says otherwise', async () => {
    const server = await build();
    const { host } = server.addHost('pve-01');
    const problems = async (): Promise<string[]> => {
      const { hosts } = (await server.signedIn({ url: '/api/v1/fleet' })).json();
      const { summary } = (await server.signedIn({ url: '/api/v1/hosts/pve-01' })).json();
      expect(summary).toEqual(hosts[0]);
      return summary.problems.map((problem: { kind: string; place: string; sentence: string }) =>
        [problem.kind, problem.place, problem.sentence].join(' '),
      );
    };
    const disk = { device: '/dev/sda', name: 'sda', state: 'ok' as const, counters: {}, increases: [] };
    const smart = (passed: boolean) => ({
      smart: { disks: [{ ...disk, failedAttributes: [], uses: [], passed }] },
    });
    server.receive(host.id, smart(false));
    expect(await problems()).toEqual([
      'disk disks Disk sda: failing. The drive itself expects to fail. Replace it.',
    ]);
    server.receive(host.id, smart(true));
    expect(await problems()).toEqual([]);
  });

  test.each([['nobody'], ['%00'], [encodeURIComponent(HOSTILE)], ['..%2f..%2fetc'], ['x'.repeat(256)]])(
    'says that %s is not registered',
    async (name) => {
      const { signedIn } = await build();
      const response = await signedIn({ url: `/api/v1/hosts/${name}` });
      expect(response.statusCode).toBe(404);
      expect(response.json()).toMatchObject({
        error: 'host_unknown',
        message: /^No host is registered as ".*"\.$/s.exec(response.json().message)?.[0],
      });
      expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    },
  );
});

describe('GET /api/v1/hosts/:name/history', () => {
  function store(server: TestApp, hostId: number, atMs: number, cpuPercent: number): void {
    storePoints(server.database, server.history, hostId, [{ atMs, values: { cpuPercent } }]);
  }

  test('gives columns for charts', async () => {
    const server = await build();
    const { host } = server.addHost('pve-01');
    const to = server.clock.now();
    store(server, host.id, to - 1_000, 42);
    const url = `/api/v1/hosts/pve-01/history?from=${to - 3_600_000}&to=${to}`;
    const history: unknown = (await server.signedIn({ url })).json();
    if (!Value.Check(History, history)) throw new Error('not a History');
    expect(history.stepMs).toBe(20_000);
    expect(history.atMs).toHaveLength(180);
    expect(history.series['cpuPercent']?.max.slice(-2)).toEqual([null, 42]);
  });

  test.each([
    ['from=2&to=1', 'bad_range', '"from" must be before "to".'],
    ['from=1&to=1', 'bad_range', '"from" must be before "to".'],
    [`from=0&to=${3_661 * 86_400_000}`, 'bad_range', 'Ask for ten years at most.'],
    ['from=1&to=2&thing=0', 'invalid_request', /thing must be >= 1/],
    ['from=1&to=2&metrics=a;b', 'invalid_request', /metrics must match/],
    ['', 'invalid_request', /from/],
    ['from=1', 'invalid_request', /to/],
    ['from=x&to=2', 'invalid_request', /from must be integer/],
    ['from=-1&to=2', 'invalid_request', /from must be >= 0/],
    ['from=1.5&to=2', 'invalid_request', /from must be integer/],
    ['from=1&to=1e999', 'bad_range', 'Send whole numbers.'],
    ['from=1&to=2&points=1e999', 'bad_range', 'Send whole numbers.'],
    ['from=NaN&to=2', 'invalid_request', /from must be integer/],
    ['from=1&to=2&points=1', 'invalid_request', /points must be >= 30/],
    ['from=1&to=2&points=2001', 'invalid_request', /points must be <= 2000/],
    ['from=1&to=2&step=5', 'invalid_request', /additional properties/],
    ['from=1&from=1&to=2', 'invalid_request', /from must be integer/],
    ["from=1&to=2'%20OR%201=1", 'invalid_request', /to must be integer/],
  ])('refuses ?%s', async (query, error, message) => {
    const server = await build();
    server.addHost('pve-01');
    const response = await server.signedIn({ url: `/api/v1/hosts/pve-01/history?${query}` });
    expect(response.statusCode).toBe(400);
    expect(Value.Check(ApiError, response.json())).toBe(true);
    expect(response.json().error).toBe(error);
    expect(response.json().message).toMatch(message);
  });

  test('gives the history of a thing on the host, two years back, as columns and as a table', async () => {
    const server = await build();
    const { host } = server.addHost('pve-01');
    const { host: other } = server.addHost('pve-02');
    const atMs = server.clock.now() - 1_000;
    const thing = { kind: 'pool', key: '77' } as const;
    storePoints(server.database, server.history, host.id, [
      { atMs, values: { allocatedBytes: 4_096_000, sizeBytes: 8_192_000 }, thing },
    ]);
    const things: unknown = (await server.signedIn({ url: '/api/v1/hosts/pve-01/things' })).json();
    if (!Value.Check(Things, things)) throw new Error('not Things');
    expect(things.things.map(({ kind, key }) => [kind, key])).toEqual([['pool', '77']]);
    server.database.$client
      .prepare("INSERT INTO gap SELECT 1, host_id, id, 5, 6, ?, ?, 'too old' FROM stream")
      .run(atMs - 60_000, atMs - 30_000);
    const to = server.clock.now() + 1;
    const query = `from=${to - 730 * 86_400_000}&to=${to}&metrics=allocatedBytes&thing=${things.things[0]?.id}`;
    const history: unknown = (await server.signedIn({ url: `/api/v1/hosts/pve-01/history?${query}` })).json();
    if (!Value.Check(History, history)) throw new Error('not a History');
    expect(Object.keys(history.series)).toEqual(['allocatedBytes']);
    expect(history.series['allocatedBytes']?.max.at(-1)).toBe(4_096_000);
    expect(history.gaps).toEqual([{ fromMs: atMs - 60_000, toMs: atMs - 30_000, reason: 'too old' }]);
    const table = await server.signedIn({ url: `/api/v1/hosts/pve-01/history.csv?${query}` });
    expect(table.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    const lines = table.body.split('\r\n');
    expect(lines[0]).toBe('time,allocatedBytes_min,allocatedBytes_average,allocatedBytes_max');
    expect(lines[1]).toMatch(/^20\d\d-\d\d-\d\dT00:00:00\.000Z,,,$/);
    expect(lines.at(-2)).toMatch(/Z,4096000,4096000,4096000$/);
    const foreign = await server.signedIn({ url: `/api/v1/hosts/${other.name}/history?${query}` });
    expect([foreign.statusCode, foreign.json().error]).toEqual([404, 'thing_unknown']);
    const wrong = await server.signedIn({ url: '/api/v1/hosts/pve-01/history.csv?from=2&to=1' });
    expect([wrong.statusCode, wrong.json().error]).toEqual([400, 'bad_range']);
  });

  test('says that a host is not registered', async () => {
    const { signedIn } = await build();
    expect((await signedIn({ url: '/api/v1/hosts/nobody/history?from=1&to=2' })).statusCode).toBe(404);
  });
});

test('GET /api/v1/session says when the login ends', async () => {
  const { signedIn, clock } = await build();
  const session = (await signedIn({ url: '/api/v1/session' })).json();
  expect(Value.Check(SessionInfo, session)).toBe(true);
  const now = clock.now();
  expect(session).toEqual({
    createdAtMs: now,
    idleEndsAtMs: now + 12 * 3_600_000,
    endsAtMs: now + 7 * 86_400_000,
  });
});

test('GET /api/v1/openapi.json describes every route of the API', async () => {
  const { app, signedIn } = await build();
  const description = (await signedIn({ url: '/api/v1/openapi.json' })).json();
  expect(description.openapi).toBe('3.1.0');
  const described = Object.entries<object>(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  const routes = app.registeredRoutes
    .filter(({ method, url }) => method !== 'HEAD' && url.startsWith('/api/v1/') && !url.endsWith('.json'))
    .map(({ method, url }) => `${method} ${url}`);
  expect(described.toSorted()).toEqual(routes.toSorted());
});

test('GET /api/v1/hosts/:name/events gives changes of state, the newest first', async () => {
  const server = await build();
  const { host } = server.addHost('pve-01');
  const insert = server.database.$client.prepare(
    "INSERT INTO event (host_id, at_ms, kind, subject, before, after) VALUES (?, ?, 'pool', 'rpool', ?, ?)",
  );
  insert.run(host.id, 1_000, null, 'ONLINE');
  insert.run(host.id, 2_000, 'ONLINE', 'DEGRADED');
  const events = async (query: string): Promise<unknown> => {
    const answer = await server.signedIn({ url: `/api/v1/hosts/pve-01/events${query}` });
    return answer.json().events;
  };
  const first = { atMs: 1_000, kind: 'pool', subject: 'rpool', after: 'ONLINE' };
  const second = { atMs: 2_000, kind: 'pool', subject: 'rpool', before: 'ONLINE', after: 'DEGRADED' };
  expect(await events('')).toEqual([second, first]);
  expect(await events('?limit=1')).toEqual([second]);
  expect(await events('?before=2000')).toEqual([first]);
});

describe('registration of hosts', () => {
  test('gives the token once, and never again', async () => {
    const server = await build();
    let told = 0;
    server.events.on('hostsChanged', () => {
      told += 1;
    });
    const added = await server.signedIn({
      method: 'POST',
      url: '/api/v1/admin/hosts',
      payload: { name: 'pve-01' },
    });
    expect(added.statusCode).toBe(201);
    const { token, host } = added.json();
    expect(token).toMatch(/^pma_[A-Za-z0-9]{12}_[A-Za-z0-9]{49}$/);
    expect(token.startsWith(`${host.tokenId}_`)).toBe(true);
    expect(told).toBe(1);

    const list = await server.signedIn({ url: '/api/v1/admin/hosts' });
    const hosts: unknown = list.json();
    if (!Value.Check(RegisteredHosts, hosts)) throw new Error('not RegisteredHosts');
    expect(hosts.serverUrl).toBe('https://monitor.example.net');
    expect(hosts.hosts).toEqual([host]);
    expect(list.body).not.toContain(token.slice(17));
  });

  test.each(['pve-01', 'PVE.example.net', 'a', 'x'.repeat(63)])('takes the name %s', async (name) => {
    const { signedIn } = await build();
    const response = await signedIn({ method: 'POST', url: '/api/v1/admin/hosts', payload: { name } });
    expect(response.statusCode).toBe(201);
  });

  test.each(['', ' ', '-a', 'a.', 'a b', '<script>', '../x', 'x'.repeat(64), 'ä', 'a\n'])(
    'refuses the name %j',
    async (name) => {
      const { signedIn } = await build();
      const response = await signedIn({ method: 'POST', url: '/api/v1/admin/hosts', payload: { name } });
      expect(response.statusCode).toBe(400);
      expect(response.json()).toEqual({
        error: 'bad_host_name',
        message: expect.stringContaining('is not a name for a host'),
      });
    },
  );

  test('refuses a name that is taken', async () => {
    const server = await build();
    server.addHost('pve-01');
    const response = await server.signedIn({
      method: 'POST',
      url: '/api/v1/admin/hosts',
      payload: { name: 'pve-01' },
    });
    expect(response.statusCode).toBe(409);
    expect(response.json()).toMatchObject({
      error: 'host_exists',
      message: expect.stringContaining('pve-01'),
    });
  });

  test('a new token takes the place of the old one', async () => {
    const server = await build();
    const { token } = server.addHost('pve-01');
    const changed = await server.signedIn({ method: 'POST', url: '/api/v1/admin/hosts/pve-01/token' });
    expect(changed.statusCode).toBe(200);
    expect(changed.json().token).not.toBe(token);
    const unknown = await server.signedIn({ method: 'POST', url: '/api/v1/admin/hosts/nobody/token' });
    expect([unknown.statusCode, unknown.json().error]).toEqual([404, 'host_unknown']);
  });

  test('a removed host is gone with all that was stored of it', async () => {
    const server = await build();
    const { host } = server.addHost('pve-01');
    server.receive(host.id, { load: LOAD });
    const removed = await server.signedIn({ method: 'DELETE', url: '/api/v1/admin/hosts/pve-01' });
    expect([removed.statusCode, removed.body]).toEqual([204, '']);
    expect((await server.signedIn({ url: '/api/v1/hosts/pve-01' })).statusCode).toBe(404);
    expect((await server.signedIn({ url: '/api/v1/fleet' })).json().hosts).toEqual([]);
    expect((await server.signedIn({ method: 'DELETE', url: '/api/v1/admin/hosts/pve-01' })).statusCode).toBe(
      404,
    );
  });
});
