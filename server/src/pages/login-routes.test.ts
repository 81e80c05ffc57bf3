import { describe, expect, test } from 'vitest';
import { hashPassword, setPassword } from '../auth/password.ts';
import { build, cookieOf, HOSTILE, PASSWORD, SAME_ORIGIN } from '../http/test-app.ts';

describe('GET /login', () => {
  test('is a form that works without JavaScript', async () => {
    const { app } = await build();
    const { body } = await app.inject('/login?next=/hosts/pve-01%3Frange=24h');
    expect(body).toContain('<form class="card pad stack" method="post" action="/login">');
    expect(body).toContain('<input type="hidden" name="next" value="/hosts/pve-01?range=24h">');
    expect(body).toContain('type="password" name="password" autocomplete="current-password"');
    // nothing that the content policy forbids
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style| style=| on[a-z]+=/);
  });

  test('works before the dashboard is built', async () => {
    const { app, signIn } = await build({ withoutWebFiles: true });
    const { statusCode, body } = await app.inject('/login');
    expect(statusCode).toBe(200);
    expect(body).not.toMatch(/<script|stylesheet/);
    expect((await signIn()).statusCode).toBe(303);
  });

  test('says how to set a password while there is none, and nothing else about the server', async () => {
    const { app } = await build({ withoutPassword: true });
    const { statusCode, body } = await app.inject('/login');
    expect(statusCode).toBe(200);
    expect(body).toContain('proxmox-monitor-server set-password');
    expect(body).not.toContain('<form');
    expect(body).not.toMatch(/\d+\.\d+\.\d+|\/var\/|\/etc\//);
  });

  test('leads on whoever is signed in', async () => {
    const { signedIn } = await build();
    const response = await signedIn({ url: '/login?next=/admin/hosts' });
    expect([response.statusCode, response.headers.location]).toEqual([303, '/admin/hosts']);
  });

  test.each(['//evil.example', 'https://evil.example', '/\\evil.example', HOSTILE, '/.//evil.example'])(
    'and the way back never leads elsewhere: %s',
    async (next) => {
      const { app, signIn } = await build();
      const page = await app.inject({ url: '/login', query: { next } });
      expect(page.body).toContain('name="next" value="/"');
      const response = await signIn(PASSWORD, {
        payload: new URLSearchParams({ password: PASSWORD, next }).toString(),
      });
      expect(response.headers.location).toBe('/');
    },
  );

  test('escapes where to go back to', async () => {
    const { app } = await build();
    const { body } = await app.inject({ url: '/login', query: { next: `/hosts/${HOSTILE}` } });
    expect(body).not.toContain('<img');
  });
});

describe('POST /login', () => {
  test('gives a cookie for this host only, over TLS only, out of reach of scripts', async () => {
    const { signIn } = await build();
    const response = await signIn(PASSWORD, {
      payload: `password=${encodeURIComponent(PASSWORD)}&next=%2Fhosts%2Fa`,
    });
    expect([response.statusCode, response.headers.location]).toEqual([303, '/hosts/a']);
    expect(response.headers['set-cookie']).toMatch(
      /^__Host-pm=[A-Za-z0-9_-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test('gives a plain cookie on loopback without TLS, where browsers refuse the other', async () => {
    const { signIn } = await build({ config: { publicHost: undefined } });
    expect((await signIn()).headers['set-cookie']).toMatch(
      /^pm=[A-Za-z0-9_-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  test('never takes over a cookie that was there before: not of a stranger, not of an older login', async () => {
    const { app, signIn } = await build();
    const planted = `__Host-pm=${'A'.repeat(43)}`;
    const first = cookieOf(await signIn(PASSWORD, { headers: { cookie: planted } }));
    expect(first).not.toBe(planted);
    const second = cookieOf(await signIn(PASSWORD, { headers: { cookie: first } }));
    const status = async (cookie: string) =>
      (await app.inject({ url: '/api/v1/session', headers: { cookie } })).statusCode;
    expect(await Promise.all([planted, first, second].map(status))).toEqual([401, 401, 200]);
  });

  test('ten wrong passwords: says how many tries are left, then how long to wait, and then lets in again', async () => {
    const { signIn, clock } = await build();
    const answers: string[] = [];
    for (let index = 0; index < 10; index += 1) {
      const response = await signIn('wrong horse');
      expect(response.headers).not.toHaveProperty('set-cookie');
      const problem = /role="alert">.*<p>(.*?)<\/p>/.exec(response.body)?.[1];
      answers.push(`${response.statusCode} ${response.headers['retry-after'] ?? '-'} ${problem}`);
    }
    expect(answers).toEqual([
      '401 - The password is wrong. 4 tries left before a pause of one minute.',
      '401 - The password is wrong. 3 tries left before a pause of one minute.',
      '401 - The password is wrong. 2 tries left before a pause of one minute.',
      '401 - The password is wrong. 1 try left before a pause of one minute.',
      '401 - The password is wrong. The next try is possible in 1 min.',
      ...Array.from(
        { length: 5 },
        () => '429 60 Too many wrong passwords. The next try is possible in 1 min.',
      ),
    ]);
    // not even the right one during the pause
    expect((await signIn()).statusCode).toBe(429);
    clock.advance(59_001);
    expect((await signIn()).headers['retry-after']).toBe('1');
    clock.advance(999);
    expect((await signIn()).statusCode).toBe(303);
  });

  test('checks no more passwords at once than there are tries', async () => {
    const { signIn } = await build();
    const responses = await Promise.all(Array.from({ length: 20 }, () => signIn('wrong horse')));
    const statuses = responses.map((response) => response.statusCode);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  });

  test.each([
    'password=',
    'next=/',
    '',
    `password=${'x'.repeat(2_000)}`,
    'password=%00',
    `password=${encodeURIComponent(PASSWORD)}%00`,
    `password=${encodeURIComponent(` ${PASSWORD}`)}`,
    `password=${PASSWORD.toUpperCase()}`,
  ])('does not let in with %s', async (payload) => {
    const { signIn } = await build();
    const response = await signIn('', { payload });
    expect(response.statusCode).toBe(401);
    expect(response.headers).not.toHaveProperty('set-cookie');
  });

  test('answers a form that is none, without a cookie', async () => {
    const { signIn } = await build();
    expect((await signIn('', { payload: 'password=a&password=b' })).statusCode).toBe(400);
    expect((await signIn('', { payload: `password=${'x'.repeat(9_000)}` })).statusCode).toBe(413);
    expect((await signIn('', { headers: { 'content-type': 'text/plain' } })).statusCode).toBe(415);
  });

  test('refuses everything while no password is set', async () => {
    const { signIn } = await build({ withoutPassword: true });
    for (const password of ['', 'password', PASSWORD]) expect((await signIn(password)).statusCode).toBe(401);
  });

  test('takes the password of the installation for the first login, until another is set', async () => {
    const passwordHashSeed = await hashPassword('from the installation');
    const { database, clock, signIn } = await build({ withoutPassword: true, config: { passwordHashSeed } });
    expect((await signIn('from the installation')).statusCode).toBe(303);
    setPassword(database, clock, await hashPassword('a later one'));
    expect((await signIn('from the installation')).statusCode).toBe(401);
    expect((await signIn('a later one')).statusCode).toBe(303);
  });
});

describe('the end of a session', () => {
  test('comes with the logout, on the server and not only in the browser', async () => {
    const { app, signIn } = await build();
    const cookie = cookieOf(await signIn());
    const out = await app.inject({ method: 'POST', url: '/logout', headers: { ...SAME_ORIGIN, cookie } });
    expect([out.statusCode, out.headers.location]).toEqual([303, '/login']);
    expect(out.headers['set-cookie']).toMatch(/^__Host-pm=; .*Path=\/; Expires=Thu, 01 Jan 1970/);
    expect((await app.inject({ url: '/api/v1/session', headers: { cookie } })).statusCode).toBe(401);
  });

  test('comes with a new password', async () => {
    const { app, signIn, database, clock } = await build();
    const cookie = cookieOf(await signIn());
    setPassword(database, clock, await hashPassword('another one'));
    expect((await app.inject({ url: '/api/v1/session', headers: { cookie } })).statusCode).toBe(401);
  });

  test('comes after twelve hours without use', async () => {
    const { app, signIn, clock } = await build();
    const cookie = cookieOf(await signIn());
    const status = async () => (await app.inject({ url: '/api/v1/session', headers: { cookie } })).statusCode;
    clock.advance(11 * 3_600_000);
    expect(await status()).toBe(200);
    clock.advance(12 * 3_600_000);
    expect(await status()).toBe(401);
  });
});
