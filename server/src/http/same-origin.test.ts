import { describe, expect, test } from 'vitest';
import { publicUrl } from './same-origin.ts';
import { build, HOSTILE, ORIGIN } from './test-app.ts';

describe('a request that changes something', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['of the own page', { 'sec-fetch-site': 'same-origin' }, true],
    ['of the own page, with its origin', { 'sec-fetch-site': 'same-origin', origin: ORIGIN }, true],
    // `no-referrer` makes browsers send this with a form
    ['of the own page, by a form', { 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
    ['of an older browser', { origin: ORIGIN }, true],
    ['of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false],
    ['of another site that claims the origin', { 'sec-fetch-site': 'cross-site', origin: ORIGIN }, false],
    ['of a sister host', { 'sec-fetch-site': 'same-site', origin: 'https://wiki.example.net' }, false],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }, false],
    ['of an older browser on another site', { origin: 'https://evil.example' }, false],
    ['of an older browser in a sandboxed frame', { origin: 'null' }, false],
    ['without TLS', { origin: ORIGIN.replace('https', 'http') }, false],
    ['of another port', { origin: `${ORIGIN}:8443` }, false],
    ['of a name that begins alike', { origin: `${ORIGIN}.evil.example` }, false],
    ['that says nothing', {}, false],
    ['that only has a referrer', { referer: `${ORIGIN}/` }, false],
    ['that is odd', { 'sec-fetch-site': 'same-origin, cross-site' }, false],
  ])('%s', async (_, headers, allowed) => {
    const { app, signedIn, database } = await build();
    await signedIn({ url: '/api/v1/session' });
    const cookie = await cookieHeader(signedIn);
    const before = hostCount(database);
    const response = await app.inject({
      method: 'POST',
      url: '/api/v1/admin/hosts',
      headers: { ...headers, cookie },
      payload: { name: 'pve-01' },
    });
    expect(response.statusCode).toBe(allowed ? 201 : 403);
    expect(hostCount(database)).toBe(before + (allowed ? 1 : 0));
    if (!allowed)
      expect(response.json()).toEqual({ error: 'cross_site', message: expect.stringContaining(ORIGIN) });
  });

  test.each(['/login', '/logout'])('%s is refused from elsewhere too, as a page', async (url) => {
    const { app } = await build();
    const response = await app.inject({
      method: 'POST',
      url,
      headers: { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'password=x',
    });
    expect(response.statusCode).toBe(403);
    expect(response.headers).not.toHaveProperty('set-cookie');
    expect(response.body).toContain('<h1>Refused</h1>');
  });

  test.each([
    ['application/x-www-form-urlencoded', 'name=pve-01', 415],
    ['text/plain', '{"name":"pve-01"}', 415],
    ['multipart/form-data; boundary=x', '--x--', 415],
    ['application/json', '{"name":', 400],
    ['application/json', '', 400],
    ['application/json', '{"__proto__":{"name":"pve-01"}}', 400],
    ['application/json', '{"name":"pve-01","admin":true}', 400],
    ['application/json', '["pve-01"]', 400],
    ['application/json', JSON.stringify({ name: HOSTILE }), 400],
    ['application/json', JSON.stringify({ name: 'x'.repeat(70_000) }), 413],
  ])('to the API must be JSON of the right form: %s %s', async (type, payload, status) => {
    const { signedIn, database } = await build();
    const response = await signedIn({
      method: 'POST',
      url: '/api/v1/admin/hosts',
      headers: { 'content-type': type },
      payload,
    });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toEqual({ error: expect.any(String), message: expect.any(String) });
    expect(hostCount(database)).toBe(0);
  });

  test('without TLS comes from the address that the browser shows', async () => {
    const { app } = await build({ config: { publicHost: undefined } });
    const logout = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/logout', headers });
    const own = { host: 'localhost:4000', origin: 'http://localhost:4000' };
    expect((await logout(own)).statusCode).toBe(303);
    expect((await logout({ ...own, origin: 'http://evil.example' })).statusCode).toBe(403);
  });
});

test.each([
  [
    { publicHost: 'monitor.example.net', listenAddress: '127.0.0.1', port: 4000 },
    'https://monitor.example.net',
  ],
  [{ publicHost: undefined, listenAddress: '127.0.0.1', port: 4000 }, 'http://127.0.0.1:4000'],
  [{ publicHost: undefined, listenAddress: '::1', port: 80 }, 'http://[::1]:80'],
])('publicUrl of %j is %s', (config, url) => {
  expect(publicUrl(config)).toBe(url);
});

async function cookieHeader(signedIn: Awaited<ReturnType<typeof build>>['signedIn']): Promise<string> {
  const response = await signedIn({ url: '/api/v1/session' });
  const request = response.raw.req;
  return String(request.headers.cookie);
}

function hostCount(database: Awaited<ReturnType<typeof build>>['database']): number {
  return (
    database.$client.prepare<[], { count: number }>('SELECT count(*) AS count FROM host').get()?.count ?? -1
  );
}
