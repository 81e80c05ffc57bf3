import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { certificateFile } from '../testing/fixtures.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { certificates, parseCertificate } from './certificates.ts';

const server = readFileSync(certificateFile('server'), 'utf8');
const authority = readFileSync(certificateFile('authority'), 'utf8');

test('the certificates of a node are told of with their names and their days', async () => {
  const host = new RecordedHost().files({
    '/usr/bin/pmxcfs': '',
    '/etc/pve/pve-root-ca.pem': authority,
    '/etc/pve/local/pve-ssl.pem': server,
  });
  const { document } = await runOnce(certificates, host, systemClock);
  expect(document?.certificates.map(({ path, isAuthority }) => [path, isAuthority])).toEqual([
    ['/etc/pve/pve-root-ca.pem', true],
    ['/etc/pve/local/pve-ssl.pem', false],
  ]);
  expect(document?.certificates[1]?.names).toContain('localhost');
});

test('of a chain the first certificate counts, which is the server’s own', () => {
  expect(parseCertificate('f', server + authority).isAuthority).toBe(false);
});

test.each([
  ['', 'f holds no certificate'],
  ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'f holds a damaged certificate'],
])('a file like %j is refused', (text, reason) => {
  expect(() => parseCertificate('f', text)).toThrow(reason);
});

test('a host without Proxmox has none', async () => {
  expect((await runOnce(certificates, new RecordedHost(), systemClock)).source.state).toBe('absent');
});
