import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { RegisteredHost } from '../../src/api/schema.ts';
import { behindOf } from './behind.ts';
import { installLines } from './install-lines.ts';
import { linkView } from './link-view.ts';
import { isDone, progressOf } from './progress.ts';

const registered: RegisteredHost = {
  name: 'pve-15',
  tokenId: 'pma_4Fz9Qk2LmX0a',
  createdAtMs: 1_000,
  tokenCreatedAtMs: 1_000,
  connected: false,
};

describe('the lines to install an agent', () => {
  const lines = installLines('https://monitor.example.net', '0.1.0');

  test('name the package of the server’s version', () => {
    expect(lines.install).toBe('apt install ./proxmox-monitor-agent_0.1.0_amd64.deb');
    // as the file is called, where a hyphen would mean something else
    expect(installLines('https://x.example.net', '0.2.0-rc.1').install).toMatch(/_0\.2\.0~rc\.1_amd64\.deb$/);
  });

  test('are one command for the shell, so that the prompt does not read the next line', () => {
    const script = `debconf-set-selections() { cat; }; apt-get() { echo "apt-get $* token=$token"; }\n${lines.unattended}\n`;
    const output = execFileSync('bash', ['-s'], { input: `${script}pma_abc_def\n`, encoding: 'utf8' });
    expect(output.trim().split('\n')).toEqual(
      [
        '',
        'proxmox-monitor-agent proxmox-monitor-agent/url string https://monitor.example.net',
        'proxmox-monitor-agent proxmox-monitor-agent/token password pma_abc_def',
        'apt-get install -y ./proxmox-monitor-agent_0.1.0_amd64.deb token=',
      ].slice(1),
    );
  });
});

describe('progress', () => {
  test('begins with the registration and waits for the rest', () => {
    const steps = progressOf(registered);
    expect(steps.map(({ atMs }) => atMs)).toEqual([1_000, undefined, undefined]);
    expect(isDone(steps)).toBe(false);
  });

  test('is done with the first values', () => {
    const seen = {
      ...registered,
      connected: true,
      firstConnectedAtMs: 2_000,
      firstSampleAtMs: 2_100,
      lastSeenAtMs: 2_100,
    };
    expect(isDone(progressOf(seen))).toBe(true);
  });

  test('with a new token counts only what came after it', () => {
    const rotated = {
      ...registered,
      tokenCreatedAtMs: 5_000,
      firstConnectedAtMs: 2_000,
      firstSampleAtMs: 2_100,
      lastSeenAtMs: 4_000,
    };
    expect(isDone(progressOf(rotated))).toBe(false);
    expect(isDone(progressOf({ ...rotated, connected: true, lastSeenAtMs: 6_000 }))).toBe(true);
  });
});

describe('the link', () => {
  test.each([
    ['connected', 'ok', { connected: true, firstConnectedAtMs: 1 }],
    ['waiting', 'info', {}],
    ['silent', 'silent', { firstConnectedAtMs: 1 }],
  ])('%s', (text, severity, changes) => {
    expect(linkView({ ...registered, ...changes }, 10_000)).toEqual({ severity, text });
  });
});

describe('agents that are behind', () => {
  const old = { ...registered, name: 'pve-10', agentVersion: '0.1.0', newerAgentVersion: '0.2.0' };
  const apt = { keyArmored: '', suite: 'stable', component: 'main', agentVersion: '0.2.0' } as const;

  test('are none when each is the newest', () => {
    expect(behindOf([registered], { apt })).toBeUndefined();
  });

  test('are upgraded with apt when the new one is published', () => {
    expect(behindOf([old, registered, { ...old, name: 'pve-9' }], { apt })).toEqual({
      names: ['pve-9', 'pve-10'],
      published: true,
      line: 'apt update && apt install proxmox-monitor-agent',
    });
  });

  test('need the package itself when it is not', () => {
    expect(behindOf([old], {})?.line).toBe('apt install ./proxmox-monitor-agent_0.2.0_amd64.deb');
  });
});
