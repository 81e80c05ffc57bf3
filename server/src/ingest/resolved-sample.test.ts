import { CLOSE_CODES, differenceOf, type Source } from '@proxmox-monitor/protocol';
import { expect, test } from 'vitest';
import { testDocuments } from './test-agent.ts';
import { startTestServer } from './test-server.ts';

const source: Source = { state: 'ok', sinceMs: 1_000, durationMs: 5, checkedAtMs: 2_000 };

test('a sample that tells differences is stored as one that tells all', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const agent = await server.agent(token);
  // Of a later agent: a number that this server does not know counts like any other.
  const first = {
    ...testDocuments(1),
    load: { load1: 0.5, addedLater: 7, load5: 0.4, load15: 0.3, runnableTasks: 1, tasks: 100 },
  };
  await agent.deliver(Object.assign({}, { documents: first, sources: { cpu: source, load: source } }));
  for (const [step, added] of [
    [2, 0],
    [3, -0.25],
  ] as const) {
    const { cpu, memory = undefined } = testDocuments(step);
    const differences = {
      documents: { cpu: differenceOf(testDocuments(step - 1).cpu, cpu), load: [added, 1, 0, 0, 0, 0] },
      sources: { load: [0, 2.5, 10_000] },
    };
    await agent.deliver(
      Object.assign({}, { documents: memory === undefined ? {} : { memory }, sources: {}, differences }),
    );
  }
  const latest = server.ingest.latest.get(id);
  expect(latest?.documents.load?.body).toEqual({
    load1: 0.25,
    load5: 0.4,
    load15: 0.3,
    runnableTasks: 1,
    tasks: 100,
  });
  expect(latest?.documents.cpu?.body).toEqual(testDocuments(3).cpu);
  expect(latest?.sources.get('load')).toMatchObject({ durationMs: 10, checkedAtMs: 22_000 });
  expect(latest?.sources.get('cpu')).toMatchObject({ durationMs: 5, checkedAtMs: 2_000 });
  expect(server.samples().map(({ values }) => values['host/cpuPercent'])).toEqual([undefined, 37.5, 37.5]);
});

test('a sample that is refused is still what the next one differs from', async () => {
  const server = await startTestServer();
  const { id, token } = server.host('pve1');
  const agent = await server.agent(token);
  const load = { load1: -1, load5: 0, load15: 0, runnableTasks: 0, tasks: 1 };
  const refused = agent.sendSample({ documents: { load } });
  await agent.until(() => agent.nacked.has(refused.sequence), 'the refusal');
  await agent.deliver(
    Object.assign({}, { documents: {}, differences: { documents: { load: [3, 0, 0, 0, 0] }, sources: {} } }),
  );
  expect(server.ingest.latest.get(id)?.documents.load?.body.load1).toBe(2);
});

test.each<[string, unknown, string]>([
  [
    'of what was never told',
    { documents: { zfsArc: [1] }, sources: {} },
    'a difference of documents/zfsArc, which was never told',
  ],
  [
    'of something else',
    { documents: { load: [1] }, sources: {} },
    'documents/load: a difference that is no number',
  ],
  [
    'that is too long',
    { documents: { load: [1, 1, 1, 1, 1, 1] }, sources: {} },
    'documents/load: 6 differences for 5 numbers',
  ],
  ['that is no list', { documents: { load: { load1: 1 } }, sources: {} }, 'differences of a wrong form'],
  [
    'under a name that is none',
    JSON.parse('{"documents": {"__proto__": [1]}, "sources": {}}'),
    'differences of a wrong form',
  ],
])('a difference %s ends the connection, and the reason says so', async (_, differences, reason) => {
  const server = await startTestServer();
  const agent = await server.agent(server.host('pve1').token);
  await agent.deliver({ documents: testDocuments(1) });
  agent.sendSample(Object.assign({}, { documents: {}, differences }));
  expect(await agent.closed).toEqual({ code: CLOSE_CODES.badFrame, reason });
});
