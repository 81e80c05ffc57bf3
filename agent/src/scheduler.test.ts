import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentName, LoadDocument } from '@proxmox-monitor/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { absent, type Collector } from './collector.ts';
import { Host } from './host.ts';
import { createLog } from './log.ts';
import { type Reading, Scheduler } from './scheduler.ts';
import { ManualTime, settle } from './testing/manual-time.ts';
import { until } from './testing/wait.ts';

const document: LoadDocument = { load1: 1, load5: 1, load15: 1, runnableTasks: 1, tasks: 1 };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-scheduler-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Bench {
  readonly time: ManualTime;
  readonly lines: string[];
  readonly scheduler: Scheduler;
  reading(name: DocumentName): Reading | undefined;
}

function bench(collectors: readonly Collector[], everyMs: Record<string, number> = {}): Bench {
  const time = new ManualTime();
  const lines: string[] = [];
  const scheduler = new Scheduler({
    collectors,
    host: new Host(folder),
    clock: time,
    timers: time,
    log: createLog((line) => lines.push(line.trimEnd()), false),
    random: () => 1,
    everyMs: new Map(Object.entries(everyMs)),
  });
  const reading = (name: DocumentName): Reading | undefined =>
    scheduler.readings().find((candidate) => candidate.name === name);
  return { time, lines, scheduler, reading };
}

interface FakeCollector extends Collector<'load'> {
  runs: number;
}

/** A collector of load averages that answers as `answer` says at each run, counted from 1. */
function fake(
  everyMs: number,
  answer: (run: number) => ReturnType<Collector<'load'>['collect']>,
): FakeCollector {
  const collector: FakeCollector = {
    name: 'load',
    everyMs,
    timeoutMs: 20,
    runs: 0,
    collect() {
      collector.runs += 1;
      return answer(collector.runs);
    },
  };
  return collector;
}

const good = (): Promise<LoadDocument> => Promise.resolve(document);
const nothing = (): ReturnType<Collector<'load'>['collect']> => Promise.resolve(absent('none here'));
const hangs = (): Promise<LoadDocument> => new Promise(() => undefined);

describe('a scheduler', () => {
  test('runs everything at the first tick, and then each when its time has come', async () => {
    const fast = fake(10_000, good);
    const slow: FakeCollector = Object.assign(fake(60_000, nothing), { name: 'swap' as const });
    const { scheduler, time } = bench([fast, slow]);
    for (let tick = 0; tick <= 12; tick += 1) {
      await scheduler.tick(false);
      await time.advance(10_000);
    }
    expect([fast.runs, slow.runs]).toEqual([13, 3]);
  });

  test('runs only what belongs to every sample when asked for a second reading', async () => {
    const fast = fake(10_000, good);
    const slow: FakeCollector = Object.assign(fake(60_000, nothing), { name: 'swap' as const });
    const { scheduler } = bench([fast, slow]);
    await scheduler.tick(true);
    expect([fast.runs, slow.runs]).toEqual([1, 0]);
  });

  test('takes another interval from the configuration', async () => {
    const collector = fake(10_000, good);
    const { scheduler, time, reading } = bench([collector], { load: 30_000 });
    expect(reading('load')?.isFast).toBe(false);
    for (let tick = 0; tick < 6; tick += 1) {
      await scheduler.tick(false);
      await time.advance(10_000);
    }
    expect(collector.runs).toBe(2);
  });

  test('starts no second run of a collector that hangs, and runs the others on time', async () => {
    const hanging = fake(10_000, hangs);
    const other: FakeCollector = Object.assign(fake(10_000, nothing), { name: 'swap' as const });
    const { scheduler, time, reading, lines } = bench([hanging, other]);
    void scheduler.tick(false);
    await time.advance(10_000);
    void scheduler.tick(false);
    await until(() => reading('load')?.source !== undefined);
    for (let tick = 0; tick < 3; tick += 1) {
      await scheduler.tick(false);
      await time.advance(10_000);
    }
    expect(hanging.runs).toBe(1);
    expect(other.runs).toBe(5);
    expect(reading('load')?.source?.state).toBe('stuck');
    expect(lines).toEqual(['source load stuck: no answer in 0.02 s']);
  });

  test('says once that a source went, and once that it is back, with the document in between kept', async () => {
    const collector = fake(10_000, (run) =>
      run >= 2 && run <= 4 ? Promise.reject(new Error('zpool not found: install zfsutils-linux')) : good(),
    );
    const { scheduler, time, lines, reading } = bench([collector]);
    for (let tick = 0; tick < 6; tick += 1) {
      await scheduler.tick(false);
      if (tick === 3) expect(reading('load')).toMatchObject({ document, source: { state: 'failed' } });
      await time.advance(10_000);
    }
    expect(lines).toEqual([
      'source load failed: zpool not found: install zfsutils-linux',
      'source load ok again after 30 s',
    ]);
  });

  test('says nothing of what was never there, and forgets the document of what is there no more', async () => {
    const collector = fake(10_000, (run) =>
      run === 2 ? good() : Promise.resolve(absent('no ZFS on this host')),
    );
    const { scheduler, lines, reading } = bench([collector]);
    await scheduler.tick(false);
    expect(lines).toEqual([]);
    await scheduler.tick(false);
    expect(reading('load')?.document).toEqual(document);
    await scheduler.tick(false);
    expect(reading('load')?.document).toBeUndefined();
    expect(lines).toEqual([
      'source load is there now',
      'source load is not there any more: no ZFS on this host',
    ]);
  });

  test('says what is new since it was last asked', async () => {
    const { scheduler, reading } = bench([fake(10_000, good)]);
    expect(reading('load')?.isNew).toBe(false);
    await scheduler.tick(false);
    expect(reading('load')?.isNew).toBe(true);
    scheduler.markSeen();
    expect(reading('load')?.isNew).toBe(false);
  });

  test('drops what is under way when it stops', async () => {
    const { scheduler, reading, lines } = bench([fake(10_000, hangs)]);
    const ticking = scheduler.tick(false);
    scheduler.stop();
    await ticking;
    expect(reading('load')?.source).toBeUndefined();
    expect(lines).toEqual([]);
  });
});

describe('a change mark', () => {
  test('that changes makes its collector run at once, and one that stays does not', async () => {
    let mark = 'ONLINE';
    const collector = Object.assign(fake(60_000, good), { changeMark: () => Promise.resolve(mark) });
    const { scheduler, time } = bench([collector]);
    await scheduler.tick(false);
    await time.advance(10_000);
    await scheduler.tick(false);
    expect(collector.runs).toBe(1);
    mark = 'DEGRADED';
    await scheduler.tick(false);
    await scheduler.tick(false);
    expect(collector.runs).toBe(2);
  });

  test('that comes late on a busy host counts all the same, and nobody waits for it', async () => {
    let mark = 'ONLINE';
    const late: Collector['changeMark'] = () =>
      new Promise((resolve) => {
        time.after(600, () => resolve(mark));
      });
    const collector = Object.assign(fake(60_000, good), { changeMark: late });
    const { scheduler, time } = bench([collector]);
    for (let tick = 0; tick < 3; tick += 1) {
      void scheduler.tick(false);
      await time.advance(5_000);
    }
    const { runs } = collector;
    mark = 'SUSPENDED';
    let isOver = false;
    void scheduler.tick(false).then(() => {
      isOver = true;
    });
    await time.advance(500);
    expect([isOver, collector.runs]).toEqual([true, runs]);
    await time.advance(4_500);
    expect(collector.runs).toBe(runs + 1);
    void scheduler.tick(false);
    await time.advance(5_000);
    expect(collector.runs).toBe(runs + 1);
  });

  test('that hangs or fails keeps neither its collector nor anybody else from running', async () => {
    const hanging = Object.assign(fake(60_000, good), {
      changeMark: () => new Promise<string>(() => undefined),
    });
    const failing: FakeCollector = Object.assign(fake(60_000, good), {
      name: 'swap' as const,
      changeMark: () => Promise.reject(new Error('no such file')),
    });
    const { scheduler, time } = bench([hanging, failing]);
    for (let tick = 0; tick <= 6; tick += 1) {
      void scheduler.tick(false);
      await time.advance(10_000);
    }
    await settle();
    expect([hanging.runs, failing.runs]).toEqual([2, 2]);
  });
});
