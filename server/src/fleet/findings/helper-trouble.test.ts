import type { Source } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { helperTrouble } from './helper-trouble.ts';
import { NOW_MS } from './test-findings.ts';

const source = (state: Source['state'], reason?: string, minutes = 60): Source => ({
  state,
  sinceMs: NOW_MS - minutes * 60_000,
  durationMs: 1,
  checkedAtMs: NOW_MS,
  ...(reason === undefined ? {} : { reason }),
});
const troubleOf = (sources: Record<string, Source>) =>
  helperTrouble(new Map(Object.entries(sources)), NOW_MS);

test('that the helper does not run is said once for all that lack for it', () => {
  const reason = 'the helper last ran 3 h ago: systemctl status proxmox-monitor-agent-helper.service';
  expect(
    troubleOf({
      smart: source('stale', reason),
      cpu: source('ok'),
      pveGuestBackups: source('stale', reason),
    }),
  ).toMatchObject({
    severity: 'warn',
    sentence: `No news of SMART and Backups of guests: ${reason}.`,
  });
});

test.each([
  [5, 'info'],
  [20, 'warn'],
])('that it has not run %d minutes after the agent began is %s', (minutes, severity) => {
  const reason = 'the helper has not run: systemctl status proxmox-monitor-agent-helper.timer';
  expect(troubleOf({ smart: source('absent', reason, minutes) })?.severity).toBe(severity);
});

test.each([
  'the helper is masked: systemctl unmask proxmox-monitor-agent-helper.timer',
  'the helper is switched off: systemctl enable --now proxmox-monitor-agent-helper.timer',
])('that somebody wanted it so is told, and is no warning: %s', (reason) => {
  expect(troubleOf({ smart: source('absent', reason) })?.severity).toBe('info');
});

test('a disk that could not be read is not its fault', () => {
  expect(troubleOf({ smart: source('failed', 'smartctl: killed') })).toBeUndefined();
});
