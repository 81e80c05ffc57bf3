import { inflateRawSync } from 'node:zlib';
import { type FilesystemsDocument, type LoadDocument, SampleFrame } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { type Answer, absent, type Collector } from './collector.ts';
import { Host } from './host.ts';
import { createLog } from './log.ts';
import { Outbox } from './outbox/outbox.ts';
import { Sampler } from './sampler.ts';
import { Scheduler } from './scheduler.ts';
import { ManualTime } from './testing/manual-time.ts';

const stream = 'AAAAAAAAAAAAAAAAAAAAAA';

interface Bench {
  readonly time: ManualTime;
  readonly outbox: Outbox;
  readonly sampler: Sampler;
  readonly lines: string[];
  /** The samples that were made since the last call. */
  samples(): SampleFrame[];
}

function bench(collectors: readonly Collector[]): Bench {
  const time = new ManualTime();
  const outbox = new Outbox(undefined);
  const lines: string[] = [];
  const parts = {
    clock: time,
    timers: time,
    log: createLog((line) => lines.push(line), false),
    random: () => 1,
  };
  const scheduler = new Scheduler({ ...parts, collectors, host: new Host('/nowhere'), everyMs: new Map() });
  const sampler = new Sampler({ ...parts, scheduler, outbox, stream, added: () => undefined });
  const samples = (): SampleFrame[] => {
    const taken: SampleFrame[] = [];
    for (let next = outbox.take(); next !== undefined; next = outbox.take()) {
      const json =
        typeof next.message === 'string' ? next.message : inflateRawSync(next.message).toString('utf8');
      taken.push(Value.Parse(SampleFrame, JSON.parse(json)));
    }
    return taken;
  };
  return { time, outbox, sampler, lines, samples };
}

function loadCollector(answer: () => Promise<LoadDocument>): Collector<'load'> {
  return { name: 'load', everyMs: 10_000, timeoutMs: 60_000, collect: answer };
}

function filesystemsCollector(answer: () => Promise<Answer<'filesystems'>>): Collector<'filesystems'> {
  return { name: 'filesystems', everyMs: 60_000, timeoutMs: 60_000, collect: answer };
}

const document: LoadDocument = { load1: 1, load5: 1, load15: 1, runnableTasks: 1, tasks: 1 };
const load = loadCollector(() => Promise.resolve(document));

/** One file system with so many bytes in use. */
function filesystems(usedBytes: number): FilesystemsDocument {
  const size = { sizeBytes: 100, usedBytes, availableBytes: 100 - usedBytes, readOnly: false };
  return { filesystems: [{ mountPoint: '/', device: '/dev/sda1', type: 'ext4', ...size }] };
}

describe('a sampler', () => {
  test('makes a sample at its start and then every 10 s', async () => {
    const { sampler, time, samples } = bench([load]);
    sampler.start();
    await time.advance(0);
    expect(samples().map(({ sequence }) => sequence)).toEqual([1]);
    await time.advance(30_000);
    const later = samples();
    expect(later.map(({ sequence, monotonicMs }) => [sequence, monotonicMs])).toEqual([
      [2, 15_000],
      [3, 25_000],
      [4, 35_000],
    ]);
    expect(later[0]).toMatchObject({
      stream,
      takenAtMs: time.wallOffsetMs + 15_000,
      documents: { load: document },
    });
  });

  test('makes one at once when a server is there, another a second later, and then goes on', async () => {
    const { sampler, time, samples } = bench([load]);
    sampler.start();
    await time.advance(13_000);
    samples();
    sampler.connected();
    await time.advance(25_000);
    expect(samples().map(({ monotonicMs }) => monotonicMs - 18_000)).toEqual([0, 1_000, 11_000, 21_000]);
  });

  test('sends what changes seldom only when it changed, and all of it after a connect', async () => {
    let used = 10;
    const { sampler, time, samples } = bench([
      load,
      filesystemsCollector(() => Promise.resolve(filesystems(used))),
    ]);
    const names = (): string[] => samples().map(({ documents }) => Object.keys(documents).join());
    sampler.start();
    await time.advance(0);
    expect(names()).toEqual(['load,filesystems']);
    await time.advance(60_000);
    expect(names()).toEqual(['load', 'load', 'load', 'load', 'load', 'load']);
    used = 20;
    await time.advance(60_000);
    expect(names().filter((name) => name !== 'load')).toEqual(['load,filesystems']);
    sampler.connected();
    await time.advance(1_000);
    expect(names()).toEqual(['load,filesystems', 'load']);
  });

  test('sends what came back as it was before it was absent', async () => {
    const answers: Answer<'filesystems'>[] = [filesystems(1), absent('none here')];
    const comesAndGoes = filesystemsCollector(() => Promise.resolve(answers.shift() ?? filesystems(1)));
    const { sampler, time, samples } = bench([comesAndGoes]);
    const next = async (): Promise<unknown[]> => {
      await time.advance(60_000);
      return samples().flatMap(({ documents, sources }) =>
        sources['filesystems'] === undefined ? [] : [[sources['filesystems'].state, documents]],
      );
    };
    sampler.start();
    await time.advance(0);
    samples();
    expect(await next()).toEqual([['absent', {}]]);
    expect(await next()).toEqual([['ok', { filesystems: filesystems(1) }]]);
  });

  test('sends everything again after a sample was lost, when the next one is due', async () => {
    const { sampler, time, samples } = bench([
      load,
      filesystemsCollector(() => Promise.resolve(filesystems(1))),
    ]);
    sampler.start();
    await time.advance(0);
    samples();
    sampler.makeNextFull();
    await time.advance(9_999);
    expect(samples()).toEqual([]);
    await time.advance(10_001);
    expect(samples().map(({ documents, sources }) => [documents, Object.keys(sources)])).toEqual([
      [{ load: document, filesystems: filesystems(1) }, ['load', 'filesystems']],
      [{ load: document }, ['load']],
    ]);
  });

  test('is of the time when counters were read, however long others are waited for', async () => {
    const { sampler, time, samples } = bench([
      load,
      filesystemsCollector(() => new Promise(() => undefined)),
    ]);
    sampler.start();
    const startedAtMs = time.monotonic();
    await time.advance(2_000);
    expect(samples()).toMatchObject([
      { monotonicMs: startedAtMs, takenAtMs: startedAtMs + time.wallOffsetMs, documents: { load: document } },
    ]);
  });

  test('tells of the sources that ran, and of all after a connect', async () => {
    const { sampler, time, samples } = bench([
      load,
      filesystemsCollector(() => Promise.resolve(filesystems(1))),
    ]);
    const sources = (): string[] => samples().map((sample) => Object.keys(sample.sources).join());
    sampler.start();
    await time.advance(10_000);
    expect(sources()).toEqual(['load,filesystems', 'load']);
    sampler.connected();
    await time.advance(0);
    expect(sources()).toEqual(['load,filesystems']);
  });

  test('does not wait for a collector that takes its time: its news goes at once when it comes', async () => {
    let answer = (_: FilesystemsDocument): void => undefined;
    const slow = filesystemsCollector(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const { sampler, time, samples } = bench([load, slow]);
    sampler.start();
    await time.advance(1_499);
    expect(samples()).toEqual([]);
    await time.advance(1);
    expect(samples().map(({ documents }) => documents)).toEqual([{ load: document }]);
    await time.advance(500);
    answer(filesystems(1));
    await time.advance(0);
    expect(samples().map(({ documents, monotonicMs }) => [documents, monotonicMs])).toEqual([
      [{ filesystems: filesystems(1) }, 7_000],
    ]);
    await time.advance(8_000);
    expect(samples().map(({ documents }) => documents)).toEqual([{ load: document }]);
    // The same once more is no news, and waits for the next sample.
    await time.advance(52_000);
    samples();
    answer(filesystems(1));
    await time.advance(0);
    expect(samples()).toEqual([]);
  });

  test('does not keep late news for another collector that hangs', async () => {
    let answer = (_: FilesystemsDocument): void => undefined;
    const slow = filesystemsCollector(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const hanging: Collector = { ...slow, name: 'zfsArc', collect: () => new Promise(() => undefined) };
    const { sampler, time, samples } = bench([load, slow, hanging]);
    sampler.start();
    await time.advance(2_000);
    samples();
    answer(filesystems(1));
    await time.advance(0);
    expect(samples().map(({ documents }) => documents)).toEqual([{ filesystems: filesystems(1) }]);
  });

  test('sends the news of a change mark that came late at once, too', async () => {
    let mark: string | Promise<string> = 'good';
    let free = 1;
    const marked: Collector = {
      ...filesystemsCollector(() => Promise.resolve(filesystems(free))),
      changeMark: () => Promise.resolve(mark),
    };
    const { sampler, time, samples } = bench([load, marked]);
    sampler.start();
    await time.advance(9_000);
    let say = (_: string): void => undefined;
    mark = new Promise((resolve) => {
      say = resolve;
    });
    free = 2;
    await time.advance(3_000);
    samples();
    mark = 'bad';
    say('bad');
    await time.advance(0);
    expect(samples().map(({ documents }) => documents)).toEqual([{ filesystems: filesystems(2) }]);
  });

  test('does not send an old reading as a new one when its source fails', async () => {
    const answers = [() => Promise.resolve(document), () => Promise.reject(new Error('gone'))];
    const failing = loadCollector(() => answers.shift()?.() ?? Promise.resolve(document));
    const { sampler, time, samples } = bench([failing]);
    sampler.start();
    await time.advance(0);
    sampler.connected();
    await time.advance(0);
    const [, second] = samples();
    expect(second?.documents).toEqual({});
    expect(second?.sources['load']).toMatchObject({ state: 'failed', reason: 'gone' });
  });

  test('leaves out a sample that no server takes, and says so once', async () => {
    const huge = filesystemsCollector(() => {
      const [first] = filesystems(1).filesystems;
      const names = Array.from({ length: 1024 }, () => Array.from({ length: 256 }, randomCharacter).join(''));
      return Promise.resolve({
        filesystems: names.flatMap((name) => (first ? [{ ...first, mountPoint: name }] : [])),
      });
    });
    const { sampler, time, samples, lines } = bench([load, huge]);
    sampler.start();
    await time.advance(0);
    sampler.connected();
    await time.advance(1_000);
    expect(samples().map(({ sequence }) => sequence)).toEqual([3]);
    expect(lines).toEqual([
      expect.stringMatching(/^a sample is too large to be sent: \d+ bytes.* sequence=1\n$/),
    ]);
  });

  test('stops in the middle of a round', async () => {
    const { sampler, time, samples } = bench([load]);
    sampler.start();
    sampler.stop();
    await time.advance(60_000);
    expect(samples()).toEqual([]);
    expect(time.pendingMs).toEqual([]);
  });
});

/** Text that does not compress well. */
function randomCharacter(): string {
  return String.fromCharCode(0x4e00 + Math.floor(Math.random() * 0x5000));
}
