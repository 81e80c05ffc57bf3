import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { parseServerAddress } from '../config/server-address.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { certificateFile, testToken, tlsOf } from '../testing/fixtures.ts';
import { type Connection, openConnection } from './connection.ts';
import { explain, type Failure } from './explain.ts';
import { pinOf, soundChain } from './pin.ts';
import { loadTrust, type Trust } from './trust.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const AUTHORITY = certificateFile('authority');
const nowMs = Date.UTC(2026, 10, 24, 8, 53);

/** A server that does nothing but TLS, and what of clear text it was sent. */
async function tlsServer(certificate: string): Promise<{ port: number; received(): Promise<string> }> {
  let text = '';
  let ended: Promise<void> | undefined;
  const server = createServer(tlsOf(certificate), (socket: TLSSocket) => {
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
  });
  server.on('connection', (socket) => {
    ended = new Promise((resolve) => socket.on('close', () => resolve()));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  const received = async (): Promise<string> => {
    await ended;
    return text;
  };
  return { port: address.port, received };
}

/** Tries to connect and says why it did not work. */
async function tryUrl(url: string, trust: Trust): Promise<Failure> {
  const server = parseServerAddress(url);
  const error = await new Promise((resolve) => {
    const connection: Connection = openConnection({ server, token: testToken }, trust, {
      opened: () => connection.close(1000, ''),
      heard: () => undefined,
      received: () => undefined,
      ended: resolve,
    });
  });
  return explain(error, { server, trust, nowMs });
}

function pinOfFile(name: string): string {
  return pinOf(new X509Certificate(readFileSync(certificateFile(name))));
}

describe('a server whose certificate is in order', () => {
  test.each(['localhost', '127.0.0.1'])('is connected to as %s', async (host) => {
    const server = await FakeServer.listen({ tls: tlsOf('server') });
    cleanups.push(() => server.kill());
    const failure = await tryUrl(`https://${host}:${server.port}`, loadTrust(AUTHORITY, []));
    expect(failure.sentence).toBe('the server stops or starts anew');
    expect(server.authorizations).toEqual([`Bearer ${testToken.secret}`]);
  });

  test.each(['server', 'intermediate', 'authority'])('may be pinned by the key of its %s', async (name) => {
    const server = await FakeServer.listen({ tls: tlsOf('server') });
    cleanups.push(() => server.kill());
    const pins = [pinOfFile('other-authority'), pinOfFile(name)];
    await tryUrl(`https://localhost:${server.port}`, loadTrust(AUTHORITY, pins));
    expect(server.authorizations).toHaveLength(1);
  });
});

describe('not a byte, and so no token, is sent to', () => {
  test('a server of another authority', async () => {
    const server = await tlsServer('server');
    const file = certificateFile('other-authority');
    const failure = await tryUrl(`https://localhost:${server.port}`, loadTrust(file, []));
    expect(failure).toEqual({
      kind: 'authority',
      eagerness: 'slowly',
      sentence:
        `the server's certificate is not signed by the authority in ${file}: ` +
        'set server.ca_file to the certificate of the authority that signed it',
    });
    expect(await server.received()).toBe('');
  });

  test('a server of a private authority when no ca_file names it', async () => {
    const server = await tlsServer('server');
    const failure = await tryUrl(`https://localhost:${server.port}`, loadTrust(undefined, []));
    expect(failure.sentence).toContain(
      'not signed by the authorities that this host trusts: set server.ca_file',
    );
    expect(await server.received()).toBe('');
  });

  test('a server without the pinned key, however good its certificate is', async () => {
    const server = await tlsServer('server');
    const pins = [pinOfFile('other-authority')];
    const failure = await tryUrl(`https://localhost:${server.port}`, loadTrust(AUTHORITY, pins));
    expect(failure.kind).toBe('pin');
    expect(failure.sentence).toContain(
      `found sha256/${pinOfFile('server')}, sha256/${pinOfFile('intermediate')}`,
    );
    expect(await server.received()).toBe('');
  });

  test('a server with the pinned key whose certificate is not in order', async () => {
    const server = await tlsServer('other-name');
    const trust = loadTrust(AUTHORITY, [pinOfFile('other-name')]);
    const failure = await tryUrl(`https://localhost:${server.port}`, trust);
    expect(failure.sentence).toBe(
      "the server's certificate is not for localhost but for monitor.example.org: check server.url",
    );
    expect(await server.received()).toBe('');
  });

  test.each([
    ['expired', 'has expired'],
    ['not-yet-valid', 'is not valid yet'],
  ])('a server with a certificate that is %s', async (name, what) => {
    const server = await tlsServer(name);
    const failure = await tryUrl(`https://localhost:${server.port}`, loadTrust(AUTHORITY, []));
    expect(failure.sentence).toBe(
      `the server's certificate ${what}, or this host's clock is wrong: it says 2026-11-24 08:53 UTC`,
    );
    expect(await server.received()).toBe('');
  });

  test('a server that speaks plain HTTP where TLS is asked for', async () => {
    const server = await FakeServer.listen();
    cleanups.push(() => server.kill());
    const failure = await tryUrl(`https://127.0.0.1:${server.port}`, loadTrust(AUTHORITY, []));
    expect(failure.sentence).toMatch(
      /^127\.0\.0\.1:\d+ answers, but not with TLS: check host and port of server\.url$/,
    );
    expect(server.authorizations).toEqual([]);
  });

  test.each([
    ['handshake_failure', 40, /^TLS with 127\.0\.0\.1:\d+ failed: [a-z\d/ ]*handshake failure$/],
    [
      'internal_error, as Caddy does',
      80,
      /^127\.0\.0\.1:\d+ has no certificate for 127\.0\.0\.1, or not yet: check/,
    ],
    ['unrecognized_name', 112, /^127\.0\.0\.1:\d+ has no certificate for 127\.0\.0\.1, or not yet: check/],
  ])('a server that ends the handshake with the alert %s', async (_, description, said) => {
    const fatal = 2;
    const alert = Buffer.from([0x15, 3, 3, 0, 2, fatal, description]);
    const server = createTcpServer((socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end(alert),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const failure = await tryUrl(`https://127.0.0.1:${port}`, loadTrust(AUTHORITY, []));
    expect(failure.sentence).toMatch(said);
  });
});

test('a name that does not resolve is named', async () => {
  const failure = await tryUrl('https://no-such-host.invalid', loadTrust(AUTHORITY, []));
  expect(failure.sentence).toMatch(/^the name no-such-host\.invalid (does not resolve|cannot be looked up)/);
  expect(failure.eagerness).toBe('soon');
});

describe('a chain of certificates', () => {
  const certificates = (...names: string[]): X509Certificate[] =>
    names.map((name) => new X509Certificate(readFileSync(certificateFile(name))));

  test('is sound as far as each has signed the one before', () => {
    expect(soundChain(certificates('server', 'intermediate', 'authority'))).toHaveLength(3);
    expect(soundChain(certificates('server', 'authority'))).toHaveLength(1);
    expect(soundChain(certificates('server', 'intermediate', 'other-authority'))).toHaveLength(2);
  });

  test('does not go on with a certificate that may not sign others', () => {
    expect(soundChain(certificates('server', 'other-name'))).toHaveLength(1);
  });
});

describe('a ca_file is refused when it', () => {
  test.each([
    ['is not there', '/no/such/ca.pem', 'server.ca_file: /no/such/ca.pem: no such file'],
    ['holds no certificate', certificateFile('server').replace('.pem', '.key'), 'holds no certificate'],
  ])('%s', (_, file, reason) => {
    expect(() => loadTrust(file, [])).toThrow(reason);
  });

  test('holds a damaged certificate', () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-ca-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'ca.pem');
    const good = readFileSync(AUTHORITY, 'utf8');
    writeFileSync(file, `${good}${good.replace('MII', 'MIX')}`);
    expect(() => loadTrust(file, [])).toThrow(`${file}: certificate 2 in it is damaged`);
  });
});
