import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from './load.ts';

const shipped = readFileSync(join(import.meta.dirname, '../../../packaging/agent/agent.toml'), 'utf8');

function load(text: string): ReturnType<typeof loadConfig> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-shipped-'));
  try {
    writeFileSync(join(folder, 'agent.toml'), text);
    return loadConfig(join(folder, 'agent.toml'), ['filesystems']);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the shipped agent.toml sets nothing', () => {
  expect(load(shipped).settings.filter(({ origin }) => origin !== 'built in')).toEqual([]);
});

test('every line that is commented out in it works when the mark is taken away', () => {
  const config = load(shipped.replaceAll(/^#(?=[a-z[])/gm, ''));
  expect(config.settings.map(({ key }) => key)).toEqual([
    'server.url',
    'server.token_file',
    'server.ca_file',
    'server.pin_sha256',
    'spool.days',
    'spool.megabytes',
    'collectors.disabled',
    'collectors.filesystems.every_seconds',
  ]);
  expect(config.warnings).toEqual([]);
});
