import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Documents, Source } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { InitialData } from '../api/schema.ts';
import { host } from '../db/schema/index.ts';
import { build, HOSTILE, type TestApp } from '../http/test-app.ts';

function initialOf(body: string): InitialData {
  const text = /<script type="application\/json" id="initial">(.*?)<\/script>/s.exec(body)?.[1] ?? '';
  const initial: unknown = JSON.parse(text);
  if (!Value.Check(InitialData, initial)) throw new Error(`not InitialData: ${text}`);
  return initial;
}

describe('the pages of the dashboard', () => {
  test.each([
    ['/', 'fleet', 'Fleet'],
    ['/hosts/pve-01', 'host', 'pve-01'],
    ['/hosts/pve-01/', 'host', 'pve-01'],
    ['/admin/hosts', 'hosts', 'Hosts'],
  ])('%s brings the data of its first paint', async (url, page, title) => {
    const server = await build();
    server.addHost('pve-01');
    const { statusCode, headers, body } = await server.signedIn({ url });
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toContain(`<title>${title} · Proxmox Monitor</title>`);
    expect(body).toContain('<script type="module" src="/assets/main-ABC123.js"></script>');
    expect(body).toContain('<link rel="stylesheet" href="/assets/app-ABC123.css">');
    expect(body.indexOf('/assets/theme-ABC123.js')).toBeLessThan(body.indexOf('/assets/app-ABC123.css'));
    const initial = initialOf(body);
    expect(initial).toMatchObject({
      page,
      publicUrl: 'https://monitor.example.net',
      serverTimeMs: server.clock.now(),
    });
    expect(JSON.stringify(initial.data)).toContain('pve-01');
    // the only inline script is data, which browsers do not run
    expect(body.match(/<script(?![^>]* src=)[^>]*>/g)).toEqual([
      '<script type="application/json" id="initial">',
    ]);
    expect(body).not.toMatch(/<style| style=| on[a-z]+=/);
  });

  test('lead back to where one wanted to go, after the login', async () => {
    const { app } = await build();
    const response = await app.inject('/hosts/pve-01?range=24h');
    expect(response.headers.location).toBe('/login?next=%2Fhosts%2Fpve-01%3Frange%3D24h');
  });

  test('say that a host is not registered', async () => {
    const { signedIn } = await build();
    const { statusCode, body } = await signedIn({ url: `/hosts/${encodeURIComponent(HOSTILE)}` });
    expect(statusCode).toBe(404);
    expect(body).toContain('No host is registered as');
    expect(body).not.toContain('<img');
  });

  test('say how to build them while they are not built, or only half', async () => {
    const server = await build({ withoutWebFiles: true });
    const page = async () => {
      const { statusCode, body } = await server.signedIn({ url: '/' });
      return { statusCode, command: /<pre class="code">(.*?)<\/pre>/.exec(body)?.[1] };
    };
    const folder = server.config.webFolder;
    const notBuilt = { statusCode: 503, command: `node server/web/build.ts ${folder}` };
    expect(await page()).toEqual(notBuilt);
    for (const content of [
      '',
      '{',
      '{"main.js":"assets/main.js"}',
      '{"main.js":"//evil","app.css":"x","theme.js":"x"}',
    ]) {
      await rm(join(folder, 'manifest.json'), { force: true });
      await writeFile(join(folder, 'manifest.json'), content);
      expect(await page()).toEqual(notBuilt);
    }
  });

  test('follow a new build without a restart', async () => {
    const server = await build({ withoutWebFiles: true });
    const manifest = {
      'main.js': 'assets/main-1.js',
      'app.css': 'assets/app-1.css',
      'theme.js': 'assets/theme-1.js',
    };
    await writeFile(join(server.config.webFolder, 'manifest.json'), JSON.stringify(manifest));
    expect((await server.signedIn({ url: '/' })).body).toContain('/assets/main-1.js');
  });
});

describe('a host whose every string is hostile', () => {
  const source: Source = { state: 'failed', reason: HOSTILE, sinceMs: 1, durationMs: 1, checkedAtMs: 1 };
  const documents: Documents = {
    diskIo: {
      disks: [
        {
          name: HOSTILE,
          model: HOSTILE,
          serial: HOSTILE,
          readBytes: 0,
          writtenBytes: 0,
          readOperations: 0,
          writeOperations: 0,
          busyMs: 0,
        },
      ],
    },
    filesystems: {
      filesystems: [
        {
          mountPoint: HOSTILE,
          device: HOSTILE,
          type: HOSTILE,
          sizeBytes: 1e9,
          usedBytes: 9e8,
          availableBytes: 1e8,
          readOnly: false,
        },
      ],
    },
    zfsPools: {
      pools: [
        {
          name: HOSTILE,
          state: HOSTILE,
          statusText: `${HOSTILE}</script><script>alert(2)</script><!--`,
          activities: [],
          vdevs: [
            { depth: 0, name: HOSTILE, type: HOSTILE, class: 'normal', state: HOSTILE },
            {
              depth: 1,
              name: `\u2028${HOSTILE}`,
              type: HOSTILE,
              class: 'normal',
              state: HOSTILE,
              note: HOSTILE,
              formerPath: HOSTILE,
            },
          ],
        },
      ],
    },
  };

  async function hostileServer(): Promise<TestApp> {
    const server = await build();
    const { host: added } = server.addHost('pve-01');
    const facts = JSON.stringify({ hostname: HOSTILE, kernel: HOSTILE, cpuModel: HOSTILE });
    // a name that no registration takes, but a database could hold
    server.database.update(host).set({ name: HOSTILE, agentVersion: HOSTILE, bootId: HOSTILE, facts }).run();
    server.duplicates.set(added.id, {
      atMs: 1,
      address: HOSTILE,
      connectedAddress: HOSTILE,
      hostname: HOSTILE,
    });
    server.receive(added.id, documents, { zfsPools: source, [HOSTILE]: source });
    return server;
  }

  test.each(['/', `/hosts/${encodeURIComponent(HOSTILE)}`, '/admin/hosts'])(
    'stays text in the page %s',
    async (url) => {
      const server = await hostileServer();
      const { statusCode, body } = await server.signedIn({ url });
      expect(statusCode).toBe(200);
      expect(body).not.toMatch(/<img|alert\(2\)<|<!--|\u2028/);
      expect(body.match(/<\/script>/g)).toHaveLength(3);
      // and yet nothing of it is lost
      expect(JSON.stringify(initialOf(body))).toContain(JSON.stringify(HOSTILE).slice(1, -1));
    },
  );

  test.each(['fleet', `hosts/${encodeURIComponent(HOSTILE)}`, 'admin/hosts'])(
    'stays what it is in the JSON of %s',
    async (path) => {
      const server = await hostileServer();
      const response = await server.signedIn({ url: `/api/v1/${path}` });
      expect(response.statusCode).toBe(200);
      expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(response.headers['x-content-type-options']).toBe('nosniff');
      expect(response.body).toContain(JSON.stringify(HOSTILE).slice(1, -1));
    },
  );
});
