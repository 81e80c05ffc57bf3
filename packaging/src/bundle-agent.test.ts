import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import root from '../../package.json' with { type: 'json' };
import { type Bundle, bundleAgent } from './bundle-agent.ts';
import { bundledFolders } from './contents/npm-components.ts';
import { runProgram } from './program.ts';

let bundle: Bundle;
let scratch: string;
beforeAll(async () => {
  bundle = await bundleAgent();
  scratch = await mkdtemp(join(tmpdir(), 'agent-bundle-'));
});
afterAll(() => rm(scratch, { recursive: true }));

test('the agent carries four npm packages and its protocol, nothing else', () => {
  const packages = bundledFolders(bundle.metafile).map((folder) => folder.replace(/^.*node_modules\//, ''));
  expect(new Set(packages)).toEqual(new Set(['commander', 'smol-toml', 'typebox', 'ws']));
  const own = Object.keys(bundle.metafile.inputs).filter((input) => !input.includes('node_modules'));
  const folders = new Set(own.map((input) => input.replace(/\/.*/, '')));
  expect([...folders].sort()).toEqual(['agent', 'package.json', 'protocol']);
});

test('the same sources make the same bundle', async () => {
  expect((await bundleAgent()).code === bundle.code).toBe(true);
});

// In lite mode there is no WebAssembly: fetch fails, and Node's own WebSocket sends nothing and says nothing.
test.each(['fetch', 'WebSocket', 'WebAssembly', 'EventSource'])(
  'the agent does without the global %s, which does not work in lite mode',
  async (name) => {
    // esbuild replaces free names only, not those of variables and properties
    const marks = { [name]: 'LITE_MODE_LACKS_THIS', [`globalThis.${name}`]: 'LITE_MODE_LACKS_THIS' };
    expect((await bundleAgent(marks)).code).not.toContain('LITE_MODE_LACKS_THIS');
  },
);

test('the agent starts and collects in lite mode', async () => {
  const file = join(scratch, 'agent.cjs');
  await writeFile(file, bundle.code);
  const run = (...parameters: string[]): Promise<string> =>
    runProgram(process.execPath, ['--lite-mode', '--v8-pool-size=0', file, ...parameters]);
  expect((await run('--version')).trim()).toBe(root.version);
  // an empty host: the sources of this machine do not matter
  expect(JSON.parse(await run('collect', '--only', 'load', '--root', scratch))).toHaveProperty('sources');
});
