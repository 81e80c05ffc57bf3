import { describe, expect, test } from 'vitest';
import { parseServerAddress } from './server-address.ts';

describe('a server address', () => {
  test.each([
    ['https://monitor.example.org', 'https://monitor.example.org', 443, '/agent/v1/connect'],
    ['wss://monitor.example.org', 'https://monitor.example.org', 443, '/agent/v1/connect'],
    ['HTTPS://Monitor.Example.org/', 'https://monitor.example.org', 443, '/agent/v1/connect'],
    ['https://10.0.0.5:8443/pm/', 'https://10.0.0.5:8443/pm', 8443, '/pm/agent/v1/connect'],
    ['https://[fd00::5]:8443', 'https://[fd00::5]:8443', 8443, '/agent/v1/connect'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000', 4000, '/agent/v1/connect'],
    ['ws://[::1]', 'http://[::1]', 80, '/agent/v1/connect'],
    ['http://localhost:4000', 'http://localhost:4000', 4000, '/agent/v1/connect'],
  ])('%s is understood', (text, display, port, path) => {
    expect(parseServerAddress(text)).toMatchObject({ display, port, path });
  });

  test('an IPv6 address is dialled without its brackets', () => {
    expect(parseServerAddress('https://[fd00::5]').hostname).toBe('fd00::5');
  });

  test.each([
    ['monitor.example.org', 'must begin with https://, as in "https://monitor.example.org"'],
    ['monitor.lan:8443', 'must begin with https://, as in "https://monitor.lan:8443"'],
    ['see the wiki', 'must begin with https://, as in "https://monitor.example.org"'],
    ['ftp://monitor.example.org', 'not with ftp://'],
    ['http://monitor.example.org', 'use https://'],
    ['ws://10.0.0.5:4000', 'use https://'],
    ['http://127.0.0.1.example.org', 'use https://'],
    ['http://localhost.example.org', 'use https://'],
    ['https://root:secret@monitor.example.org', 'must not hold a user name or password'],
    ['https://monitor.example.org/?token=x', 'must not hold "?"'],
    ['https://monitor.example.org/#', 'must not hold "?"'],
    ['https://', 'is not an address'],
    ['https://exa mple.org', 'is not an address'],
  ])('%s is refused', (text, reason) => {
    expect(() => parseServerAddress(text)).toThrow(reason);
  });

  test('a refused password is not repeated', () => {
    expect(() => parseServerAddress('https://root:hunter2@m.example.org')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    );
  });
});
