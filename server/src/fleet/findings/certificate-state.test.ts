import { expect, test } from 'vitest';
import { certificateState } from './certificate-state.ts';

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const DAY_MS = 24 * 3_600_000;

test.each([
  [30 * DAY_MS, 'ok', '30 days left'],
  [21 * DAY_MS, 'ok', '21 days left'],
  [20.9 * DAY_MS, 'warn', '20 days left'],
  [7 * DAY_MS, 'warn', '7 days left'],
  [6.9 * DAY_MS, 'crit', '6 days left'],
  [DAY_MS / 2, 'crit', '0 days left'],
  [0, 'crit', 'expired today'],
  [-1.5 * DAY_MS, 'crit', 'expired 1 day ago'],
])('a certificate with %d ms to go is %s: %s', (leftMs, severity, text) => {
  const certificate = {
    path: '/etc/pve/local/pve-ssl.pem',
    subject: 'pve',
    issuer: 'ca',
    names: [],
    validFromMs: NOW_MS - 400 * DAY_MS,
    validToMs: NOW_MS + leftMs,
    isAuthority: false,
  };
  expect(certificateState(certificate, NOW_MS)).toEqual({ severity, text });
  expect(certificateState({ ...certificate, validFromMs: NOW_MS + 1 }, NOW_MS).text).toBe('not yet valid');
});
