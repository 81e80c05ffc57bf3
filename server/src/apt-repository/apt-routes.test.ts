import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, test } from 'vitest';
import type { RegisteredHosts } from '../api/schema.ts';
import { build, type TestApp } from '../http/test-app.ts';
import { temporaryFolder } from '../http/testing.ts';
import { serverFolders } from './layout.ts';
import { offerFiles } from './package-file.ts';
import { AptRepository } from './repository.ts';
import { makePackage } from './test-package.ts';

const POOL = '/apt/pool/main/p/proxmox-monitor-agent/proxmox-monitor-agent_0.1.0_amd64.deb';
const IN_RELEASE = '/apt/dists/stable/InRelease';

async function publish(server: TestApp, ...versions: string[]): Promise<void> {
  const { repository, keys } = serverFolders(server.config.databasePath);
  const folder = await temporaryFolder();
  const files = await offerFiles(versions.map((version) => makePackage(folder, { version })));
  const options = { folder: repository, keyFolder: keys, keyOwner: 'Test', now: Date.now };
  await new AptRepository(options).add(files);
  await Promise.all(files.map(({ handle }) => handle.close()));
}

async function published(...versions: string[]): Promise<TestApp> {
  const server = await build();
  await publish(server, ...versions);
  return server;
}

const get = (server: TestApp, url: string, headers = {}): Promise<LightMyRequestResponse> =>
  server.app.inject({ url, headers });

describe('/apt without a login', () => {
  test('says what to do as long as nothing is published, and works as soon as something is', async () => {
    const server = await build();
    for (const url of [
      '/apt',
      '/apt/',
      IN_RELEASE,
      '/apt/proxmox-monitor.sources',
      '/apt/proxmox-monitor.asc',
    ]) {
      const answer = await get(server, url);
      expect([url, answer.statusCode]).toEqual([url, 404]);
      expect(answer.body).toContain('proxmox-monitor-server apt-repo add FILE');
      expect(answer.headers['content-type']).toContain('text/plain');
    }
    await publish(server, '0.1.0');
    expect((await get(server, IN_RELEASE)).statusCode).toBe(200);
  });

  test('has the key, and a source with the public name and the place of the key', async () => {
    const server = await published('0.1.0');
    expect((await get(server, '/apt/proxmox-monitor.asc')).body).toContain('BEGIN PGP PUBLIC KEY BLOCK');
    expect((await get(server, '/apt/proxmox-monitor.sources')).body).toBe(
      'Types: deb\nURIs: https://monitor.example.net/apt\nSuites: stable\nComponents: main\n' +
        'Signed-By: /etc/apt/keyrings/proxmox-monitor.asc\n',
    );
    expect((await get(server, '/apt')).body).toContain('https://monitor.example.net/apt/proxmox-monitor.asc');
  });

  test('gives packages for ever, whole and in parts', async () => {
    const server = await published('0.1.0');
    const whole = await get(server, POOL);
    expect(whole.statusCode).toBe(200);
    expect(whole.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const part = await get(server, POOL, { range: 'bytes=10-' });
    expect(part.statusCode).toBe(206);
    expect(part.rawPayload.equals(whole.rawPayload.subarray(10))).toBe(true);
    const head = await server.app.inject({ method: 'HEAD', url: POOL });
    expect(head.headers['content-length']).toBe(String(whole.rawPayload.length));
  });

  test('gives indexes that are asked for anew, and only when they changed', async () => {
    const server = await published('0.1.0');
    const first = await get(server, IN_RELEASE);
    expect(first.headers['cache-control']).toBe('no-cache');
    const since = { 'if-modified-since': String(first.headers['last-modified']) };
    expect((await get(server, IN_RELEASE, since)).statusCode).toBe(304);
    // at once, in the same second
    await publish(server, '0.2.0');
    const second = await get(server, IN_RELEASE, since);
    expect(second.statusCode).toBe(200);
    const hash = /^ ([0-9a-f]{64}) \d+ main\/binary-amd64\/Packages$/m;
    for (const release of [first.body, second.body]) {
      const index = await get(
        server,
        `/apt/dists/stable/main/binary-amd64/by-hash/SHA256/${hash.exec(release)?.[1]}`,
      );
      expect([index.statusCode, index.headers['cache-control']]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
    }
  });

  test.each([
    '/apt/../keys/pubring.kbx',
    '/apt/%2e%2e/keys/pubring.kbx',
    '/apt/..%2fkeys%2fpubring.kbx',
    '/apt/pool/..%2f..%2f..%2fkeys/pubring.kbx',
    '/apt/pool/%00',
    '/apt/.lock',
    '/apt/dists',
    '/apt/pool/main/p/proxmox-monitor-agent/',
    '/apt/%',
  ])('shows nothing at %s', async (url) => {
    const server = await published('0.1.0');
    const keys = join(dirname(serverFolders(server.config.databasePath).repository), 'keys');
    expect(existsSync(join(keys, 'pubring.kbx'))).toBe(true);
    const answer = await get(server, url);
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
    expect(answer.body.length).toBeLessThan(4_000);
  });

  test('cannot be written to', async () => {
    const server = await published('0.1.0');
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      const answer = await server.app.inject({ method, url: POOL, payload: { a: 1 } });
      expect([method, answer.statusCode, answer.headers['allow']]).toEqual([method, 405, 'GET, HEAD']);
    }
  });

  test('also answers while the dashboard is refused because the server is busy', async () => {
    const server = await build({ pressure: { maxHeapUsedBytes: 1 } });
    await publish(server, '0.1.0');
    await expect.poll(async () => (await get(server, '/login')).statusCode, { timeout: 10_000 }).toBe(503);
    expect((await get(server, POOL)).statusCode).toBe(200);
  });
});

test('what is published stands in the list of hosts, and agents that are behind are named', async () => {
  const server = await build();
  const list = async (): Promise<RegisteredHosts> =>
    (await server.signedIn({ url: '/api/v1/admin/hosts' })).json<RegisteredHosts>();
  expect((await list()).installation).toEqual({});
  await publish(server, '0.1.0', '0.10.0');
  const { installation } = await list();
  expect(installation.apt).toMatchObject({ suite: 'stable', component: 'main', agentVersion: '0.10.0' });
  expect(installation.apt?.keyArmored).toContain('BEGIN PGP PUBLIC KEY BLOCK');

  const { host } = server.addHost('pve-01');
  server.database.$client.prepare("UPDATE host SET agent_version = '0.9.0' WHERE id = ?").run(host.id);
  expect((await list()).hosts).toMatchObject([{ agentVersion: '0.9.0', newerAgentVersion: '0.10.0' }]);
  const detail = await server.signedIn({ url: '/api/v1/hosts/pve-01' });
  expect(detail.json()).toMatchObject({ summary: { newerAgentVersion: '0.10.0' } });
  server.database.$client.prepare("UPDATE host SET agent_version = '0.10.0' WHERE id = ?").run(host.id);
  expect((await list()).hosts[0]).not.toHaveProperty('newerAgentVersion');
});

test('a repository that is damaged does not break the pages', async () => {
  const server = await published('0.1.0');
  const { repository } = serverFolders(server.config.databasePath);
  rmSync(join(repository, 'dists/stable/main'), { recursive: true });
  mkdirSync(join(repository, 'dists/stable/main'));
  writeFileSync(join(repository, 'dists/stable/InRelease'), 'nothing of use');
  utimesSync(join(repository, 'dists/stable/InRelease'), 1, 1);
  const answer = await server.signedIn({ url: '/api/v1/admin/hosts' });
  expect(answer.json<RegisteredHosts>().installation).toEqual({});
});
