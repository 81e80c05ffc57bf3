import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { build } from '../http/test-app.ts';
import { temporaryFolder } from '../http/testing.ts';
import { certificatesIn, readAuthority } from './authority.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIBozCCAUqgAwIBAgIRAA==\n-----END CERTIFICATE-----\n';

test('only certificates come out of a file, on lines of their own', () => {
  expect(certificatesIn(`Caddy Local Authority\r\n${PEM.replaceAll('\n', '\r\n')}trailing ${PEM}`)).toBe(
    PEM + PEM,
  );
  expect(certificatesIn('')).toBeUndefined();
  expect(certificatesIn(PEM.replace('MIIB', '$(id)'))).toBeUndefined();
  expect(certificatesIn(PEM.replaceAll('CERTIFICATE', 'PRIVATE KEY'))).toBeUndefined();
});

test('a file that is not there, or is a folder, is no authority', async () => {
  const folder = mkdtempSync(join(await temporaryFolder(), 'x-'));
  expect(readAuthority(folder)).toBeUndefined();
  expect(readAuthority(join(folder, 'none'))).toBeUndefined();
});

test('the page of hosts is given the authority as soon as the file is there, and not when it is gone', async () => {
  const { config, signedIn } = await build();
  const installation = async (): Promise<unknown> =>
    (await signedIn({ url: '/api/v1/admin/hosts' })).json().installation;
  expect(await installation()).toEqual({});
  writeFileSync(config.authorityFile, `# a comment\n${PEM}`);
  expect(await installation()).toEqual({ authorityPem: PEM });
  expect((await signedIn({ url: '/admin/hosts' })).body).toContain('MIIBozCCAUqgAwIBAgIRAA==');
});
