import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseCephStatus } from '../ceph/status.ts';
import { systemClock } from '../clock.ts';
import { ParseError } from '../errors.ts';
import { type ApiEndpoint, askApi, localApi } from '../pve/api.ts';
import { readApiToken } from '../pve/api-token.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost, thirdParty } from '../testing/recorded-host.ts';
import { ceph } from './ceph.ts';

const TLS = join(import.meta.dirname, '../../fixtures/tls');
const pem = (name: string): string => readFileSync(join(TLS, name), 'utf8');
const TOKEN = 'monitor@pve!agent=01234567-89ab-cdef-0123-456789abcdef';

const STATUS = {
  health: {
    status: 'HEALTH_WARN',
    checks: {
      OSD_DOWN: { severity: 'HEALTH_WARN', summary: { message: '1 osds down', count: 1 }, muted: false },
      POOL_NEARFULL: { severity: 'HEALTH_WARN', summary: { message: '4 pool(s) nearfull' }, muted: 1 },
    },
  },
  quorum_names: ['a', 'b'],
  monmap: { mons: [{}, {}, {}] },
  osdmap: { num_osds: 6, num_up_osds: 5, num_in_osds: 6 },
  pgmap: {
    num_pgs: 33,
    pgs_by_state: [
      { state_name: 'active+clean', count: 30 },
      { state_name: 'active+undersized+degraded', count: 3 },
    ],
    bytes_total: 6_000,
    bytes_used: 1_500,
    bytes_avail: 4_500,
  },
};

describe('the status of Ceph', () => {
  test('is told with what is wrong, muted or not', () => {
    expect(parseCephStatus(STATUS)).toEqual({
      health: 'HEALTH_WARN',
      checks: [
        { id: 'OSD_DOWN', severity: 'HEALTH_WARN', summary: '1 osds down', isMuted: false },
        { id: 'POOL_NEARFULL', severity: 'HEALTH_WARN', summary: '4 pool(s) nearfull', isMuted: true },
      ],
      monitors: { total: 3, inQuorum: 2 },
      osds: { total: 6, up: 5, in: 6 },
      placementGroups: {
        total: 33,
        states: [
          { state: 'active+clean', count: 30 },
          { state: 'active+undersized+degraded', count: 3 },
        ],
      },
      totalBytes: 6_000,
      usedBytes: 1_500,
      availableBytes: 4_500,
    });
  });

  test('of an older release has its OSDs one level deeper', () => {
    expect(parseCephStatus({ ...STATUS, osdmap: { osdmap: STATUS.osdmap } }).osds.up).toBe(5);
  });

  const real = thirdParty('pve-api/ceph-status-gop-trimmed.json');
  test.skipIf(real === undefined)(
    'of a real cluster (third-party/pve-api/ceph-status-gop-trimmed.json)',
    () => {
      const document = parseCephStatus(JSON.parse(real ?? ''));
      expect(document).toMatchObject({
        monitors: { total: 2, inQuorum: 2 },
        osds: { total: 21, up: 21, in: 21 },
        placementGroups: { total: 577 },
        totalBytes: 51_850_204_151_808,
        usedBytes: 31_663_826_219_008,
      });
      expect(document.checks).toContainEqual({
        id: 'OSD_NEARFULL',
        severity: 'HEALTH_WARN',
        summary: '3 nearfull osd(s)',
        isMuted: false,
      });
    },
  );

  test.each([
    ['nothing', undefined],
    ['a count below zero', { ...STATUS, osdmap: { ...STATUS.osdmap, num_osds: -1 } }],
    ['a count that is text', { ...STATUS, pgmap: { ...STATUS.pgmap, num_pgs: '33' } }],
    ['no monitors', { ...STATUS, monmap: {} }],
  ])('with %s is an error', (_, value) => {
    expect(() => parseCephStatus(value)).toThrow(ParseError);
  });
});

interface Asked {
  readonly endpoint: ApiEndpoint;
  readonly requests: string[];
}

/** A real HTTPS server in the place of pveproxy. */
async function api(answer: { code?: number; message?: string; body?: string }): Promise<Asked> {
  const requests: string[] = [];
  const server: Server = createServer(
    { cert: pem('server.pem'), key: pem('server.key') },
    (request, response) => {
      requests.push(`${request.url} ${request.headers.authorization}`);
      response.writeHead(answer.code ?? 200, answer.message ?? 'OK');
      response.end(answer.body ?? '');
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { endpoint: { address: '127.0.0.1', port: address.port, certificate: pem('server.pem') }, requests };
}

describe("Proxmox's API", () => {
  const signal = new AbortController().signal;

  test('is asked with the token, and trusted for the certificate that lies here', async () => {
    const { endpoint, requests } = await api({ body: JSON.stringify({ data: STATUS }) });
    expect(await askApi(endpoint, TOKEN, '/cluster/ceph/status', signal)).toEqual(STATUS);
    expect(requests).toEqual([`/api2/json/cluster/ceph/status PVEAPIToken=${TOKEN}`]);
  });

  test('never sees the token when it shows another certificate', async () => {
    const { endpoint, requests } = await api({ body: '{}' });
    const asked = askApi({ ...endpoint, certificate: pem('other-name.pem') }, TOKEN, '/x', signal);
    await expect(asked).rejects.toThrow();
    // One of the same authority, of which it is no other.
    const authority = `${pem('other-name.pem')}${pem('authority.pem')}${pem('intermediate.pem')}`;
    await expect(askApi({ ...endpoint, certificate: authority }, TOKEN, '/x', signal)).rejects.toThrow(
      'another certificate',
    );
    expect(requests).toEqual([]);
  });

  test.each([
    [{ code: 401, message: 'invalid token' }, /does not know the token/],
    [{ code: 403, message: 'Permission check failed' }, /needs the role PVEAuditor/],
    [{ code: 500, message: 'got timeout' }, /says 500: got timeout/],
    [{ body: 'nonsense' }, /did not answer with JSON/],
  ])('that answers %j is told in words', async (answer, words) => {
    const { endpoint } = await api(answer);
    await expect(askApi(endpoint, TOKEN, '/x', signal)).rejects.toThrow(words);
  });

  test('is where pveproxy listens, with the certificate that the administrator put there', async () => {
    const host = new RecordedHost().files({
      '/etc/pve/.members': '{}',
      '/etc/pve/local/pve-ssl.pem': pem('other-name.pem'),
    });
    expect(await localApi(host)).toMatchObject({ address: '127.0.0.1', port: 8006 });
    host.files({
      '/etc/pve/local/pveproxy-ssl.pem': pem('server.pem'),
      '/etc/default/pveproxy': 'ALLOW_FROM="10.0.0.0/8"\nLISTEN_IP="192.0.2.7"\n',
    });
    const { address, certificate } = await localApi(host);
    expect(address).toBe('192.0.2.7');
    expect(new X509Certificate(certificate).fingerprint256).toBe(
      new X509Certificate(pem('server.pem')).fingerprint256,
    );
  });
});

describe('a host', () => {
  const host = (files: Record<string, string>): RecordedHost =>
    new RecordedHost().files({ '/etc/pve/.members': '{}', ...files });

  test.each([
    ['without Ceph', {}, 'no Ceph in this cluster'],
    [
      'with Ceph and no token',
      { '/etc/pve/ceph.conf': '[global]\n' },
      /give the agent a token of Proxmox's API/,
    ],
  ])('%s says so', async (_, files, reason) => {
    const { source } = await runOnce(ceph, host(files), systemClock);
    expect(source.state).toBe('absent');
    expect(source.reason).toMatch(reason);
  });

  test('with a token that is none fails, and does not print it', async () => {
    const files = { '/etc/pve/ceph.conf': '[global]\n', '/etc/proxmox-monitor/proxmox.token': 'secret\n' };
    const { source } = await runOnce(ceph, host(files), systemClock);
    expect(source.state).toBe('failed');
    expect(source.reason).toMatch(/does not hold one line like monitor@pve!agent=/);
    expect(source.reason).not.toContain('secret');
  });

  test('reads its token as it lies there', async () => {
    const recorded = host({ '/etc/proxmox-monitor/proxmox.token': `${TOKEN}\n` });
    expect(await readApiToken(recorded, undefined)).toBe(TOKEN);
  });
});
