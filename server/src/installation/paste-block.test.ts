import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Installation } from '../api/schema.ts';
import { temporaryFolder } from '../http/testing.ts';
import { type PasteBlock, pasteBlock } from './paste-block.ts';

const URL = 'https://monitor.example.net';
const KEY =
  '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEaSQyyBYJ+/\n=A1b2\n-----END PGP PUBLIC KEY BLOCK-----\n';
const CA = '-----BEGIN CERTIFICATE-----\nMIIBozCCAUqgAwIBAgIRAA==\n-----END CERTIFICATE-----\n';
const APT = { keyArmored: KEY, suite: 'stable', component: 'main', agentVersion: '0.2.0' } as const;
const PUBLIC: Installation = { apt: APT };
const PRIVATE: Installation = { apt: APT, authorityPem: CA };
const TOKEN = 'pma_4Fz9Qk2LmX0a_secret';
const SHELLS = ['bash', 'dash'] as const;
const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

function blockOf(installation: Installation, url = URL): PasteBlock {
  const block = pasteBlock(url, installation);
  if (block === undefined) throw new Error('no block');
  return block;
}

test.each([
  ['nothing is published', URL, {}],
  ['the server is not reached over TLS', 'http://127.0.0.1:4000', PUBLIC],
  ['the address would break out of the shell', "https://x'$(reboot)'", PUBLIC],
  ['the address has a line of its own', 'https://x\nreboot', PUBLIC],
  ['the key is none', URL, { apt: { ...APT, keyArmored: "'; reboot; '" } }],
  ['the key has more than a key', URL, { apt: { ...APT, keyArmored: `${KEY}'\nreboot\n` } }],
  ['the authority is none', URL, { apt: APT, authorityPem: `${CA}$(reboot)` }],
] satisfies [string, string, Installation][])('there is no block when %s', (_, url, installation) => {
  expect(pasteBlock(url, installation)).toBeUndefined();
});

test.each([
  ['https://monitor.lan:8443', 'monitor.lan'],
  ['https://192.0.2.10', '192.0.2.10'],
  ['https://[2001:db8::1]:8443', '2001:db8::1'],
])('apt is told of the authority of %s as it wants the name', (url, host) => {
  const { withQuestions } = blockOf(PRIVATE, url);
  expect(withQuestions).toContain(`'Acquire::https::${host}::CAInfo "/etc/proxmox-monitor/ca.pem";'`);
  expect(withQuestions).toContain(`URIs: ${url}/apt\n`);
});

test('two keys, while one is replaced, and two authorities are taken', () => {
  expect(pasteBlock(URL, { apt: { ...APT, keyArmored: KEY + KEY }, authorityPem: CA + CA })).toBeDefined();
});

describe.each([
  ['public', PUBLIC],
  ['private', PRIVATE],
] as const)('the block for a %s authority', (_, installation) => {
  const blocks = Object.values(blockOf(installation));

  test('turns no check off, and has nothing that an interactive shell would take for something else', () => {
    for (const block of blocks) {
      expect(block).not.toMatch(/\s-k\s|trusted|http:\/\/|insecure|allow-unauthenticated/i);
      // completion, history, comments (zsh)
      expect(block).not.toMatch(/\t|![^ ]|(?:^|\s)#/);
      expect(block.startsWith('(\n')).toBe(true);
      expect(block.endsWith('\n)')).toBe(true);
    }
  });

  test.each(SHELLS)('%s understands it', (shell) => {
    for (const block of blocks) execFileSync(shell, ['-n'], { input: block });
  });

  test.skipIf(!hasShellcheck)('shellcheck has nothing to say about it', () => {
    for (const block of blocks) {
      const { stdout } = spawnSync('shellcheck', ['--shell=sh', '-'], { input: block, encoding: 'utf8' });
      expect(stdout).toBe('');
    }
  });
});

interface Ended {
  readonly code: number | null;
  readonly printed: string;
  /** What the programs were called with, in order; debconf's answers as they came. */
  readonly calls: string;
}

describe.each(SHELLS)('run by %s on a host', (shell) => {
  let host: string;
  const path = (absolute: string): string => join(host, absolute);
  const read = (absolute: string): string => readFileSync(path(absolute), 'utf8');
  const write = (absolute: string, text: string): void => {
    mkdirSync(join(path(absolute), '..'), { recursive: true });
    writeFileSync(path(absolute), text);
  };
  const program = (name: string, body: string): void => {
    write(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >>'${host}/calls'\n${body}\n`);
    chmodSync(path(`bin/${name}`), 0o755);
  };

  beforeEach(async () => {
    host = await temporaryFolder();
    program('id', 'echo 0');
    program('apt-get', '');
    program('debconf-set-selections', `cat >>'${host}/calls'`);
    program('dpkg-query', 'exit 1');
    program('dpkg-reconfigure', '');
    program('proxmox-monitor-agent', '');
    write('/etc/ssl/certs/ca-certificates.crt', '');
  });

  function run(block: string, input = ''): Ended {
    writeFileSync(path('calls'), '');
    const here = block.replaceAll(/(?<![\w.])\/(?=etc\/|root\/)/g, `${host}/`);
    const env = { PATH: `${path('bin')}:${process.env['PATH'] ?? ''}` };
    const ended = spawnSync(shell, ['-c', here], { input, env, encoding: 'utf8' });
    return { code: ended.status, printed: ended.stdout + ended.stderr, calls: read('calls') };
  }

  test('everything is put in place for all to read, and apt asks', () => {
    const { code, calls } = run(blockOf(PRIVATE).withQuestions);
    expect(code).toBe(0);
    expect(read('/etc/apt/keyrings/proxmox-monitor.asc')).toBe(KEY);
    expect(read('/etc/proxmox-monitor/ca.pem')).toBe(CA);
    expect(read('/etc/apt/sources.list.d/proxmox-monitor.sources')).toContain(`URIs: ${URL}/apt\n`);
    for (const file of ['/etc/apt/keyrings/proxmox-monitor.asc', '/etc/proxmox-monitor/ca.pem']) {
      expect(statSync(path(file)).mode & 0o777).toBe(0o644);
    }
    expect(calls).toMatch(/apt-get update .*List-Cleanup=0/);
    expect(calls).toContain(`proxmox-monitor-agent/url string ${URL}\n`);
    expect(calls).toMatch(/ca-file string \S+\/etc\/proxmox-monitor\/ca\.pem\n/);
    expect(calls).toMatch(/apt-get install -y proxmox-monitor-agent\nproxmox-monitor-agent check\n$/);
  });

  test('pasted again it changes nothing, and asks for the answers again', () => {
    run(blockOf(PRIVATE).withQuestions);
    const before = read('/etc/apt/apt.conf.d/80proxmox-monitor');
    program('dpkg-query', 'echo installed');
    const { code, calls } = run(blockOf(PRIVATE).withQuestions);
    expect(code).toBe(0);
    expect(read('/etc/apt/apt.conf.d/80proxmox-monitor')).toBe(before);
    expect(calls).toContain('dpkg-reconfigure -phigh proxmox-monitor-agent\n');
  });

  test('a new key of the same server is taken, the source of another server is not', () => {
    run(blockOf(PUBLIC).withQuestions);
    const renewed = KEY.replace('A1b2', 'Z9z9');
    expect(run(blockOf({ apt: { ...APT, keyArmored: renewed } }).withQuestions).code).toBe(0);
    expect(read('/etc/apt/keyrings/proxmox-monitor.asc')).toBe(renewed);
    const { code, printed, calls } = run(blockOf(PUBLIC, 'https://other.example.net').withQuestions);
    expect(code).toBe(1);
    expect(printed).toMatch(/belongs to another server[\s\S]*Nothing was changed/);
    expect(calls).not.toContain('apt-get');
  });

  test('a certificate that somebody put there is not overwritten', () => {
    write('/etc/proxmox-monitor/ca.pem', 'of another authority\n');
    const { code, printed } = run(blockOf(PRIVATE).withQuestions);
    expect(code).toBe(1);
    expect(printed).toMatch(/ca\.pem holds another certificate/);
    expect(existsSync(path('/etc/apt/keyrings'))).toBe(false);
  });

  test('a server that has a public certificate by now is no longer held to its authority', () => {
    run(blockOf(PRIVATE).withQuestions);
    const { code, calls } = run(blockOf(PUBLIC).withQuestions);
    expect(code).toBe(0);
    expect(existsSync(path('/etc/apt/apt.conf.d/80proxmox-monitor'))).toBe(false);
    expect(calls).toContain('ca-file string none\n');
  });

  test.each([
    ['by somebody else than root', () => program('id', 'echo 1000'), /needs root/],
    ['where apt cannot check certificates', () => write('/x', ''), /apt install ca-certificates/],
  ])('%s nothing is changed, and it says why', (what, arrange, message) => {
    arrange();
    if (what.startsWith('where')) execFileSync('rm', [path('/etc/ssl/certs/ca-certificates.crt')]);
    const { code, printed } = run(blockOf(PUBLIC).withQuestions);
    expect(code).toBe(1);
    expect(printed).toMatch(message);
    expect(existsSync(path('/etc/apt'))).toBe(false);
  });

  test('when apt cannot read the repository nothing is installed', () => {
    program('apt-get', 'exit 100');
    const { code, printed, calls } = run(blockOf(PUBLIC).withQuestions);
    expect(code).toBe(1);
    expect(printed).toContain(`apt could not read ${URL}/apt`);
    expect(calls).not.toMatch(/install|debconf-set-selections/);
  });

  test('without questions the token comes from a file that only root reads', () => {
    program('stat', 'echo "0 600"');
    write('/root/proxmox-monitor.token', `${TOKEN}\n`);
    const { code, calls } = run(blockOf(PUBLIC).unattended);
    expect(code).toBe(0);
    expect(calls).toContain(`proxmox-monitor-agent/token password ${TOKEN}\n`);
    // as a program's argument it would be everybody's
    expect(calls.split('\n').filter((line) => line.includes(TOKEN))).toHaveLength(1);
  });

  test.each([
    ['0 644', TOKEN, /must be for root alone: chmod 600/],
    ['0 600', 'something else', /That is no token/],
  ])('a file of mode "%s" with "%s" is refused', (mode, content, message) => {
    program('stat', `echo "${mode}"`);
    write('/root/proxmox-monitor.token', `${content}\n`);
    const { code, printed } = run(blockOf(PUBLIC).unattended);
    expect(code).toBe(1);
    expect(printed).toMatch(message);
    expect(existsSync(path('/etc/apt'))).toBe(false);
  });

  test('without file and terminal it says where to put the token', () => {
    expect(run(blockOf(PUBLIC).unattended, `${TOKEN}\n`).printed).toMatch(
      /put it into \S+proxmox-monitor\.token/,
    );
  });
});
