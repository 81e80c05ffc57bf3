import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REPOSITORY } from './paths.ts';
import { runProgram } from './program.ts';
import { isInstalled } from './tool.ts';

const SITE = join(REPOSITORY, 'packaging/server/site.caddy');
const DOCS = join(REPOSITORY, 'docs/reverse-proxy.md');
const INSTALLED = '/usr/share/proxmox-monitor-server';
const hasCaddy = isInstalled('caddy');

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'caddy-'));
});
afterEach(() => rm(scratch, { recursive: true }));

/** Writes the site that the documentation shows for writing it by hand, with what it imports beside it. */
async function siteByHand(more: string): Promise<string> {
  const shown =
    /```\n(monitor\.example\.net \{\n[\s\S]*?\n\})\n```/.exec(await readFile(DOCS, 'utf8'))?.[1] ?? '';
  const file = join(scratch, 'Caddyfile');
  await writeFile(
    join(scratch, 'site.caddy'),
    (await readFile(SITE, 'utf8')).replaceAll('/var/log/caddy', scratch),
  );
  await writeFile(file, `${shown.replace('{', `{${more}`).replaceAll(INSTALLED, scratch)}\n`);
  return file;
}

test.skipIf(!hasCaddy).each(['', '\n\ttls internal'])(
  'Caddy takes the site written by hand, with "%s"',
  async (more) => {
    const file = await siteByHand(more);
    const env = { XDG_DATA_HOME: scratch, XDG_CONFIG_HOME: scratch };
    const validated = await runProgram('caddy', ['validate', '--adapter', 'caddyfile', '--config', file], {
      env,
    });
    expect(validated).toContain('Valid configuration');
    const adapted = await runProgram('caddy', ['adapt', '--adapter', 'caddyfile', '--config', file], { env });
    expect(adapted).toContain('"dial":"127.0.0.1:4000"');
    expect(adapted).toContain('"roll_keep":5,"roll_size_mb":10');
    expect(adapted.includes('"module":"internal"')).toBe(more !== '');
  },
);

test.skipIf(!hasCaddy)('the shipped site is formatted', async () => {
  expect(await runProgram('caddy', ['fmt', SITE])).toBe(await readFile(SITE, 'utf8'));
});
