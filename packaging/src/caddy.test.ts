import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REPOSITORY } from './paths.ts';
import { runProgram } from './program.ts';
import { isInstalled } from './tool.ts';

const SERVER = join(REPOSITORY, 'packaging/server');
const INSTALLED = '/usr/share/proxmox-monitor-server';
const hasCaddy = isInstalled('caddy');

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'caddy-'));
});
afterEach(() => rm(scratch, { recursive: true }));

/** Writes a site as an administrator would copy it, with what it imports beside it. */
async function copySite(name: string): Promise<string> {
  const file = join(scratch, name);
  const body = await readFile(join(SERVER, 'site.caddy'), 'utf8');
  await writeFile(join(scratch, 'site.caddy'), body.replaceAll('/var/log/caddy', scratch));
  await writeFile(file, (await readFile(join(SERVER, name), 'utf8')).replaceAll(INSTALLED, scratch));
  return file;
}

test.skipIf(!hasCaddy).each(['Caddyfile', 'Caddyfile.internal'])('Caddy takes %s', async (name) => {
  const file = await copySite(name);
  const env = { XDG_DATA_HOME: scratch, XDG_CONFIG_HOME: scratch };
  const validated = await runProgram('caddy', ['validate', '--adapter', 'caddyfile', '--config', file], {
    env,
  });
  expect(validated).toContain('Valid configuration');
  const adapted = await runProgram('caddy', ['adapt', '--adapter', 'caddyfile', '--config', file], { env });
  expect(adapted).toContain('"dial":"127.0.0.1:4000"');
  expect(adapted).toContain('"roll_keep":5,"roll_size_mb":10');
  expect(adapted.includes('"module":"internal"')).toBe(name === 'Caddyfile.internal');
});

test.skipIf(!hasCaddy).each(['Caddyfile', 'Caddyfile.internal', 'site.caddy'])(
  '%s is formatted',
  async (name) => {
    const file = join(SERVER, name);
    expect(await runProgram('caddy', ['fmt', file])).toBe(await readFile(file, 'utf8'));
  },
);
