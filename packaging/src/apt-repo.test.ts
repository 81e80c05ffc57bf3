import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makePackage } from '../../server/src/apt-repository/test-package.ts';
import { parseAptRepoOptions } from './apt-repo-options.ts';
import { REPOSITORY } from './paths.ts';
import { runProgram } from './program.ts';

// each of several programs may take seconds to start on a busy machine
vi.setConfig({ testTimeout: 120_000 });

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'apt-repo-'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

function aptRepo(...parameters: string[]): Promise<string> {
  const program = join(REPOSITORY, 'packaging/src/apt-repo.ts');
  return runProgram(process.execPath, [program, ...parameters, '--key', 'keys'], {
    env: { APT_REPO_FROM: scratch },
  });
}

test('a repository is made, grows, and keeps its key and its address', async () => {
  makePackage(scratch);
  makePackage(scratch, { version: '0.2.0' });
  const url = 'https://packages.example.net/monitor/';
  const first = await aptRepo('public', 'proxmox-monitor-agent_0.1.0_amd64.deb', '--url', url);
  expect(first).toContain('added: proxmox-monitor-agent 0.1.0 (amd64)');
  expect(first).toContain(`The key was made just now. It is in ${join(scratch, 'keys')}`);
  const second = await aptRepo('public', 'proxmox-monitor-agent_0.2.0_amd64.deb');
  expect(second).toContain('The key is in');
  const source = readFileSync(join(scratch, 'public/proxmox-monitor.sources'), 'utf8');
  expect(source).toContain('URIs: https://packages.example.net/monitor\n');
  const index = readFileSync(join(scratch, 'public/dists/stable/main/binary-amd64/Packages'), 'utf8');
  expect(index.match(/^Version: .*/gm)).toEqual(['Version: 0.2.0', 'Version: 0.1.0']);
  expect(statSync(join(scratch, 'public/dists/stable/InRelease')).mode & 0o777).toBe(0o644);
  expect(statSync(join(scratch, 'keys')).mode & 0o777).toBe(0o700);
  expect(await aptRepo('public', '--remove', '0.1.0')).toBe('removed: proxmox-monitor-agent 0.1.0 (amd64)\n');
  await expect(aptRepo('public', '--remove', '0.1.0')).rejects.toThrow('there is no version 0.1.0');
});

test('a repository that hosts see as a folder is named by its path', async () => {
  makePackage(scratch);
  await aptRepo('my packages', 'proxmox-monitor-agent_0.1.0_amd64.deb');
  expect(readFileSync(join(scratch, 'my packages/proxmox-monitor.sources'), 'utf8')).toContain(
    `URIs: file://${scratch}/my%20packages\n`,
  );
});

test.each([
  [[], 'Name the folder of the repository'],
  [['x.deb'], 'The first argument is the folder'],
  [['public', '--key', 'public/keys'], 'must not be in the repository'],
  [['public', '--url', 'packages.example.net'], '--url takes an address such as'],
  [['public', '--url', 'https://a/\nTrusted: yes'], '--url takes an address such as'],
  [['public', 'x.deb', '--remove', '1'], 'Either add files or --remove'],
  [['public', '--kee', 'x'], "Unknown option '--kee'"],
])('%j is refused in words', (parameters, message) => {
  expect(() => parseAptRepoOptions(parameters, '/somewhere')).toThrow(message);
  expect(existsSync('/somewhere')).toBe(false);
});
