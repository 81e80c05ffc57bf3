import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { parseUptime, uptime } from './uptime.ts';

test('the first number counts', () => {
  expect(parseUptime('350735.47 234388.90\n')).toBe(350_735.47);
});

test.each(['', '350735.47', 'x y', '-1.00 2.00', '1.0 2.0 3.0'])('%j is refused', (text) => {
  expect(() => parseUptime(text)).toThrow('/proc/uptime');
});

test('the id of the boot goes with it where there is one', async () => {
  const host = new RecordedHost().files({ '/proc/uptime': '12.50 40.00\n' });
  expect((await runOnce(uptime, host, systemClock)).document).toEqual({ uptimeSeconds: 12.5 });
  host.files({ '/proc/sys/kernel/random/boot_id': '8e9b0b4e-2f6b-4f0e-9d1a-0c3b5a7d9e1f\n' });
  expect((await runOnce(uptime, host, systemClock)).document).toEqual({
    uptimeSeconds: 12.5,
    bootId: '8e9b0b4e-2f6b-4f0e-9d1a-0c3b5a7d9e1f',
  });
});
