import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWeb, type WebBuild } from './build.ts';

/** What a page may load before it is painted. A host's has a part for every kind of document. */
const BUDGET_BYTES = { fleet: 45_000, host: 50_000, hosts: 45_000 } as const;
/** And with its charts. */
const WITH_CHARTS_BYTES = 73_500;

const PARTS = ['app.css', 'fleet.js', 'host.js', 'hosts.js', 'main.js', 'theme.js', 'uplot.js'];

let folders: string[] = [];
let built: WebBuild;

beforeAll(async () => {
  folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'proxmox-monitor-web-'))));
  const [first, second] = folders;
  if (first === undefined || second === undefined) throw new Error('no folders');
  built = await buildWeb(first);
  await buildWeb(second);
}, 60_000);

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function contents(folder: string): Promise<Map<string, Buffer>> {
  const names = await readdir(join(folder, 'assets'));
  const files = names.map(async (name) => [name, await readFile(join(folder, 'assets', name))] as const);
  return new Map(await Promise.all(files));
}

describe('the built dashboard', () => {
  test.each(['fleet', 'host', 'hosts'] as const)('keeps the page "%s" within its budget', (page) => {
    expect(built.gzipBytes[page]).toBeLessThanOrEqual(BUDGET_BYTES[page]);
    expect(built.gzipBytes[page]).toBeGreaterThan(10_000);
  });

  test('keeps a host with its charts within theirs', () => {
    expect(built.plotGzipBytes).toBeGreaterThan(15_000);
    expect(built.gzipBytes.host + built.plotGzipBytes).toBeLessThanOrEqual(WITH_CHARTS_BYTES);
  });

  test('is the same when it is built again', async () => {
    const [first, second] = await Promise.all(folders.map(contents));
    expect([...(first?.keys() ?? [])].toSorted()).toEqual([...(second?.keys() ?? [])].toSorted());
    for (const [name, content] of first ?? []) expect(second?.get(name)?.equals(content), name).toBe(true);
  });

  test('names its parts by their content, and has each compressed too', async () => {
    const files = await contents(folders[0] ?? '');
    expect(Object.keys(built.manifest).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(PARTS);
    for (const path of Object.values(built.manifest)) {
      expect(path).toMatch(/^assets\/[a-z]+-[A-Z0-9]{8}\.(js|css)$/);
      expect(files.has(path.replace('assets/', ''))).toBe(true);
    }
    for (const [name, content] of files) {
      if (/\.(gz|br)$/.test(name)) continue;
      expect(gunzipSync(files.get(`${name}.gz`) ?? '').equals(content)).toBe(true);
      expect(brotliDecompressSync(files.get(`${name}.br`) ?? '').equals(content)).toBe(true);
    }
  });

  test('has nothing that the content policy forbids', async () => {
    for (const [name, content] of await contents(folders[0] ?? '')) {
      if (!name.endsWith('.js')) continue;
      expect(content.toString('utf8'), name).not.toMatch(/\beval\(|new Function\(|dangerouslySetInnerHTML="/);
    }
  });

  test('asks no other server for anything', async () => {
    for (const [name, content] of await contents(folders[0] ?? '')) {
      if (!/\.(js|css)$/.test(name)) continue;
      const addresses = content.toString('utf8').match(/(?:https?:)?\/\/[a-z0-9-]+\.[a-z0-9.-]+/gi) ?? [];
      expect(addresses.filter((address) => !address.includes('www.w3.org'))).toEqual([]);
    }
  });
});
