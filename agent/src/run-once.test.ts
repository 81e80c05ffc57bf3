import { type LoadDocument, Source } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { absent, type Collector, Stale } from './collector.ts';
import { ParseError, TimeoutError } from './errors.ts';
import { Host } from './host.ts';
import { runOnce } from './run-once.ts';

const loadDocument: LoadDocument = { load1: 1, load5: 2, load15: 3, runnableTasks: 4, tasks: 5 };
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

function collector(collect: Collector<'load'>['collect'], timeoutMs = 2000): Collector<'load'> {
  return { name: 'load', everyMs: 10_000, timeoutMs, collect };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a document makes the source ok, with the time that the run took', async () => {
  const slow = collector(async () => {
    await new Promise((resolve) => setTimeout(resolve, 250));
    return loadDocument;
  });
  const run = runOnce(slow, new Host(), clock);
  await vi.advanceTimersByTimeAsync(250);
  expect(await run).toEqual({
    document: loadDocument,
    source: {
      state: 'ok',
      sinceMs: 1_000_000,
      durationMs: 250,
      checkedAtMs: 1_000_000,
      succeededAtMs: 1_000_000,
    },
  });
});

test.each([
  ['absent', 'no such thing here', async () => absent('no such thing here')],
  ['failed', '/proc/loadavg is odd', () => Promise.reject(new ParseError('/proc/loadavg is odd'))],
  [
    'failed',
    'thrown at once',
    () => {
      throw new Error('thrown at once');
    },
  ],
  [
    'stuck',
    'zpool did not answer in 10 s',
    () => Promise.reject(new TimeoutError('zpool did not answer in 10 s')),
  ],
])('the source is %s: %s', async (state, reason, collect) => {
  const { document, source } = await runOnce(collector(collect), new Host(), clock);
  expect(document).toBeUndefined();
  expect(source).toMatchObject({ state, reason });
  expect(source.succeededAtMs).toBeUndefined();
  expect(Value.Check(Source, source)).toBe(true);
});

test('a state that lasts keeps its beginning, and the last success is remembered through a failure', async () => {
  const host = new Host();
  const works = collector(async () => loadDocument);
  const fails = collector(() => Promise.reject(new Error('no')));
  const first = await runOnce(works, host, clock);
  vi.setSystemTime(2_000_000);
  const second = await runOnce(works, host, clock, first.source);
  expect(second.source).toMatchObject({ sinceMs: 1_000_000, succeededAtMs: 2_000_000 });
  vi.setSystemTime(3_000_000);
  const third = await runOnce(fails, host, clock, second.source);
  vi.setSystemTime(4_000_000);
  const fourth = await runOnce(fails, host, clock, third.source);
  expect(fourth.source).toMatchObject({
    state: 'failed',
    sinceMs: 3_000_000,
    checkedAtMs: 4_000_000,
    succeededAtMs: 2_000_000,
  });
});

test('a run that does not end is stuck, is told to stop, and is not joined by a second one', async () => {
  const host = new Host();
  let runs = 0;
  let told = false;
  let end: (document: LoadDocument) => void = () => undefined;
  const hangs = collector((_host, signal) => {
    runs += 1;
    signal.addEventListener('abort', () => {
      told = true;
    });
    return new Promise((resolve) => {
      end = resolve;
    });
  });
  const first = runOnce(hangs, host, clock);
  await vi.advanceTimersByTimeAsync(2000);
  expect((await first).source).toMatchObject({
    state: 'stuck',
    reason: 'no answer in 2 s',
    durationMs: 2000,
  });
  expect(told).toBe(true);

  const second = await runOnce(hangs, host, clock, (await first).source);
  expect(second.source).toMatchObject({
    state: 'stuck',
    sinceMs: 1_000_000,
    reason: 'an earlier run has not ended yet',
  });
  expect(runs).toBe(1);

  end(loadDocument);
  await vi.advanceTimersByTimeAsync(0);
  const third = runOnce(hangs, host, clock);
  end(loadDocument);
  expect((await third).source.state).toBe('ok');
  expect(runs).toBe(2);
});

test('a stop ends the wait at once', async () => {
  const stop = new AbortController();
  const run = runOnce(
    collector(() => new Promise(() => undefined)),
    new Host(),
    clock,
    undefined,
    stop.signal,
  );
  stop.abort();
  expect((await run).source).toMatchObject({ state: 'stuck', reason: 'the agent stops' });
});

test('a reason of any length fits the protocol', async () => {
  const { source } = await runOnce(
    collector(() => Promise.reject(new Error('x'.repeat(100_000)))),
    new Host(),
    clock,
  );
  expect(Value.Check(Source, source)).toBe(true);
});

test('old data comes with the reason why it is old, and is no success', async () => {
  const { document, source } = await runOnce(
    collector(async () => new Stale(loadDocument, 'the kernel only')),
    new Host(),
    clock,
  );
  expect(document).toEqual(loadDocument);
  expect(source).toMatchObject({ state: 'stale', reason: 'the kernel only' });
  expect(source).not.toHaveProperty('succeededAtMs');
});

test('a document beyond the limits of the protocol is a failure that names the place', async () => {
  const { document, source } = await runOnce(
    collector(async () => ({ ...loadDocument, load1: Number.NaN })),
    new Host(),
    clock,
  );
  expect(document).toBeUndefined();
  expect(source).toMatchObject({ state: 'failed', reason: expect.stringContaining('/load1') });
});
