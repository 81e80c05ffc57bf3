import type { Documents, Source } from '@proxmox-monitor/protocol';
import { describe, expect, test } from 'vitest';
import { LatestStore } from './latest.ts';
import { loadLatest } from './stored-latest.ts';
import { testDocuments } from './test-agent.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const FILESYSTEMS: Documents['filesystems'] = {
  filesystems: [
    {
      mountPoint: '/',
      device: '/dev/sda1',
      type: 'ext4',
      sizeBytes: 1e9,
      usedBytes: 5e8,
      availableBytes: 5e8,
      readOnly: false,
    },
  ],
};

function source(changes: Partial<Source> = {}): Source {
  return { state: 'ok', sinceMs: 1_000, durationMs: 5, checkedAtMs: 2_000, ...changes };
}

/** What a server that starts now would know of the host. */
function onDisk(server: TestServer, id: number) {
  const store = new LatestStore();
  loadLatest(server.database, store, server.ingest.history);
  return store.get(id);
}

describe('what changes with every sample', () => {
  test('is in memory and in the charts at once, on disk as it was a little earlier, with its own time', async () => {
    const server = await startTestServer();
    const { id, token } = server.host('pve1');
    const agent = await server.agent(token);
    const first = await agent.deliver({ sources: { load: source() } });
    await agent.deliver({ sources: { load: source({ checkedAtMs: 3_000 }) } });
    expect(server.ingest.latest.get(id)?.documents.cpu?.body.userSeconds).toBe(20);
    expect(server.ingest.latest.get(id)?.sources.get('load')?.checkedAtMs).toBe(3_000);
    expect(server.samples()).toHaveLength(2);
    const stored = onDisk(server, id);
    expect(stored?.documents.cpu).toMatchObject({
      takenAtMs: first.takenAtMs,
      monotonicMs: first.monotonicMs,
      body: { userSeconds: 10 },
    });
    expect(stored?.sources.get('load')?.checkedAtMs).toBe(2_000);
  });

  test('is written with the first sample after its time', async () => {
    const server = await startTestServer({ wholeMs: 0 });
    const { id, token } = server.host('pve1');
    const agent = await server.agent(token);
    await agent.deliver();
    await agent.deliver({ sources: { load: source({ checkedAtMs: 3_000 }) } });
    expect(onDisk(server, id)?.documents).toEqual(server.ingest.latest.get(id)?.documents);
    expect(onDisk(server, id)?.sources).toEqual(server.ingest.latest.get(id)?.sources);
  });

  test('is written with the first sample of each connection', async () => {
    const server = await startTestServer();
    const { id, token } = server.host('pve1');
    const agent = await server.agent(token);
    await agent.deliver();
    await agent.end();
    const next = await server.agent(token, { bootId: 'boot-2' });
    await next.deliver({ documents: testDocuments(7), sources: { load: source(), cpu: source() } });
    expect(onDisk(server, id)?.documents.cpu?.body.userSeconds).toBe(70);
  });

  test('is written when the server ends', async () => {
    const server = await startTestServer();
    const { id, token } = server.host('pve1');
    const { id: removed, token: otherToken } = server.host('pve2');
    const agents = [await server.agent(token), await server.agent(otherToken)];
    for (const agent of agents) for (let count = 0; count < 2; count += 1) await agent.deliver();
    const { documents, newest } = server.ingest.latest.get(id) ?? {};
    // by the command line, which the server has not noticed yet
    server.database.$client.prepare('DELETE FROM host WHERE id = ?').run(removed);
    await server.ingest.close();
    expect(onDisk(server, id)).toMatchObject({ documents, newest });
    expect(onDisk(server, id)?.documents.cpu?.body.userSeconds).toBe(20);
    expect(server.rows('SELECT * FROM document WHERE host_id = ?', removed)).toEqual([]);
  });

  test('gives right rates to a server that was killed: over the time since what it knows', async () => {
    const server = await startTestServer();
    const { id, token } = server.host('pve1');
    const agent = await server.agent(token);
    const network = (receivedBytes: number): Documents => ({
      network: {
        interfaces: [
          {
            name: 'eno1',
            kind: 'physical',
            receivedBytes,
            sentBytes: 0,
            receivedPackets: 0,
            sentPackets: 0,
            receiveErrors: 0,
            sendErrors: 0,
            receiveDrops: 0,
            sendDrops: 0,
          },
        ],
      },
    });
    await agent.deliver({ monotonicMs: 10_000, documents: network(0) });
    await agent.deliver({ monotonicMs: 20_000, documents: network(9_000_000) });
    server.ingest.latest.set(id, onDisk(server, id) ?? expect.unreachable());
    await agent.deliver({ monotonicMs: 30_000, documents: network(10_000_000) });
    expect(server.ingest.latest.get(id)?.rates.interfaces).toMatchObject([
      { name: 'eno1', receiveBytesPerSecond: 500_000 },
    ]);
  });
});

test('a reason that differs in its numbers only, as one that tells how long, is not written with every sample', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const agent = await server.agent(token);
  const stale = (reason: string) => source({ state: 'stale', reason });
  await agent.deliver({ sources: { load: stale('silent for 50 s') } });
  await agent.deliver({ sources: { load: stale('silent for 1 min 10 s') } });
  await agent.deliver({ sources: { load: stale('silent for 1 min 20 s') } });
  expect(server.ingest.latest.get(id)?.sources.get('load')?.reason).toBe('silent for 1 min 20 s');
  expect(onDisk(server, id)?.sources.get('load')?.reason).toBe('silent for 1 min 10 s');
  await server.ingest.close();
  expect(onDisk(server, id)?.sources.get('load')?.reason).toBe('silent for 1 min 20 s');
});

describe('what changes rarely', () => {
  test('is on disk with its sample', async () => {
    const server = await startTestServer();
    const { id, token } = server.host('pve1');
    const agent = await server.agent(token);
    await agent.deliver({ sources: { load: source(), cpu: source(), gone: source() } });
    const failed = source({ state: 'failed', sinceMs: 3_000, reason: 'no answer' });
    const { memory: _, ...documents } = testDocuments(2);
    await agent.deliver({
      documents: { ...documents, filesystems: FILESYSTEMS },
      sources: { load: failed, memory: source({ state: 'absent' }) },
    });
    const stored = onDisk(server, id);
    expect(stored?.documents.filesystems?.body).toEqual(FILESYSTEMS);
    expect(stored?.documents.memory).toBeUndefined();
    expect(stored?.sources.get('load')).toEqual(failed);
    expect(stored?.documents.cpu?.body.userSeconds).toBe(10);
  });
});
