import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../http/testing.ts';
import { authorityFindings } from './check-authority.ts';

/** A certificate that signs itself, for localhost. */
function certificate(folder: string, name: string): { key: string; cert: string } {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost'];
  const made = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
  ];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...made, ...subject], { stdio: 'ignore' });
  return { key, cert };
}

test('what the site presents is compared with what agents are given', async () => {
  const folder = await temporaryFolder();
  const ours = certificate(folder, 'ours');
  const other = certificate(folder, 'other');
  const site = createServer(
    { key: readFileSync(ours.key), cert: readFileSync(ours.cert) },
    (_request, response) => void response.end('{}'),
  ).listen(0, '127.0.0.1');
  onTestFinished(() => void site.close());
  await new Promise((resolve) => site.once('listening', resolve));
  const address = site.address();
  const publicHost = `localhost:${typeof address === 'object' ? address?.port : ''}`;
  const find = (authorityFile: string) => authorityFindings({ publicHost, authorityFile });

  expect(await find(ours.cert)).toMatchObject([{ verdict: 'ok' }]);
  const [failed] = await find(other.cert);
  expect(failed).toMatchObject({ verdict: 'FAILED' });
  // one line, with what to do at its end
  expect(failed?.found).toMatch(/^agents refuse the certificate of [^\n]*on each host again$/);
  expect(await find(join(folder, 'none'))).toEqual([]);
  writeFileSync(join(folder, 'empty'), '');
  expect(await find(join(folder, 'empty'))).toEqual([]);
  const nobody = { publicHost: 'localhost:1', authorityFile: ours.cert };
  expect(await authorityFindings(nobody)).toMatchObject([{ verdict: 'note' }]);
});
