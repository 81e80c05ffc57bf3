import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { Outbox } from './outbox.ts';
import { SPOOL_FILE, Spool, type SpoolLimits, spoolLimits } from './spool.ts';

const stream = 'AAAAAAAAAAAAAAAAAAAAAA';
const roomy: SpoolLimits = { samples: 1000, bytes: 10_000_000, leastFreeBytes: 0 };
const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'spool-'));
  readonly file = join(this.folder, SPOOL_FILE);
  readonly lines: string[] = [];

  constructor() {
    cleanups.push(() => rmSync(this.folder, { recursive: true }));
  }

  /** As an agent that starts. */
  open(limits = roomy): Outbox {
    const log = createLog((line) => this.lines.push(line.trimEnd()), false);
    const outbox = new Outbox(new Spool(this.folder, limits, log), { samples: 50, bytes: 1_000_000 });
    cleanups.push(() => outbox.close());
    return outbox;
  }

  get files(): string[] {
    return readdirSync(this.folder);
  }
}

function add(outbox: Outbox, from: number, to = from, message: string | Buffer = 'm'): void {
  for (let sequence = from; sequence <= to; sequence += 1) {
    outbox.add({ stream, sequence, takenAtMs: 1000 * sequence, message });
  }
}

function backlog(outbox: Outbox): number[] {
  const taken: number[] = [];
  for (let next = outbox.takeBacklog(); next !== undefined; next = outbox.takeBacklog()) {
    taken.push(next.sequence);
  }
  return taken;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describe('while samples are delivered as they come', () => {
  test('there is no file, not even when the agent stops', () => {
    const bench = new Bench();
    const outbox = bench.open();
    outbox.resume(true);
    for (const sequence of range(1, 100)) {
      add(outbox, sequence);
      outbox.take();
      outbox.acknowledge({ stream, sequence });
    }
    expect(bench.files).toEqual([]);
    outbox.close();
    expect(bench.files).toEqual([]);
  });

  test('a server that takes long to answer has them written down', () => {
    const bench = new Bench();
    const outbox = bench.open();
    outbox.resume(true);
    for (const sequence of range(1, 5)) {
      add(outbox, sequence);
      outbox.take();
    }
    expect(bench.files).toContain(SPOOL_FILE);
    expect(outbox.underWay).toBe(5);
    // They are on their way, and are not sent twice.
    expect(backlog(outbox)).toEqual([]);
    for (const sequence of range(1, 5)) expect(outbox.acknowledge({ stream, sequence })).toBe(true);
    expect(bench.files).toEqual([]);
  });
});

describe('while samples cannot be delivered', () => {
  test('they are on disk at once, and the next run delivers them as they were', () => {
    const bench = new Bench();
    const first = bench.open();
    add(first, 1);
    first.interrupt();
    const message = Buffer.from([0, 255, 1, 2]);
    add(first, 2, 2, message);
    expect(first.counts.waiting).toBe(2);
    expect(statSync(bench.file).mode & 0o777).toBe(0o600);
    first.close();
    const second = bench.open();
    expect(second.counts.waiting).toBe(2);
    second.resume(true);
    expect(second.takeBacklog()).toMatchObject({ stream, sequence: 1, message: 'm' });
    expect(second.takeBacklog()).toMatchObject({ stream, sequence: 2, message });
  });

  test('what an agent has not had answered when it stops is kept', () => {
    const bench = new Bench();
    const first = bench.open();
    first.resume(true);
    add(first, 1, 2);
    first.take();
    first.close();
    const second = bench.open();
    second.resume(true);
    expect(backlog(second)).toEqual([1, 2]);
  });

  test('the file goes when the last of them is acknowledged', () => {
    const bench = new Bench();
    const outbox = bench.open();
    outbox.interrupt();
    add(outbox, 1, 100);
    outbox.resume(true);
    for (const sequence of backlog(outbox)) outbox.acknowledge({ stream, sequence });
    expect(bench.files).toEqual([]);
    expect(outbox.counts).toMatchObject({ waiting: 0, waitingBytes: 0, acknowledged: 100 });
    outbox.interrupt();
    add(outbox, 101, 102);
    outbox.resume(true);
    expect(backlog(outbox)).toEqual([101, 102]);
  });

  test('those beyond the number that is allowed go, the oldest first, and are told as a gap', () => {
    const bench = new Bench();
    const first = bench.open({ ...roomy, samples: 20 });
    first.interrupt();
    add(first, 1, 50);
    first.close();
    const second = bench.open({ ...roomy, samples: 20 });
    second.resume(true);
    const gap = second.takeBacklog();
    expect(JSON.parse(String(gap?.message))).toEqual({
      type: 'gap',
      stream,
      fromSequence: 1,
      toSequence: 30,
      fromMs: 1000,
      toMs: 30_000,
      reason: 'the host kept as many samples as [spool] in its agent.toml allows',
    });
    expect(backlog(second)).toEqual(range(31, 50));
    for (const sequence of range(30, 50)) second.acknowledge({ stream, sequence });
    expect(bench.files).toEqual([]);
  });

  test('the file does not grow beyond what is allowed', () => {
    const bench = new Bench();
    const outbox = bench.open({ ...roomy, bytes: 400_000 });
    outbox.interrupt();
    add(outbox, 1, 900, Buffer.alloc(1400, 1));
    expect(statSync(bench.file).size).toBeLessThanOrEqual(440_000);
    expect(outbox.counts.waitingBytes).toBeLessThanOrEqual(400_000);
    const { waiting, dropped } = outbox.counts;
    expect(waiting).toBeGreaterThan(150);
    expect(waiting + dropped).toBe(900);
    outbox.resume(false);
    expect(backlog(outbox)).toEqual(range(901 - waiting, 900));
  });

  test('a clock that jumps to another year and back drops nothing', () => {
    const bench = new Bench();
    const outbox = bench.open();
    outbox.interrupt();
    const years = [2026, 2036, 1970, 2026];
    for (const [index, year] of years.entries()) {
      outbox.add({ stream, sequence: index + 1, takenAtMs: Date.UTC(year), message: 'm' });
    }
    outbox.resume(true);
    expect(backlog(outbox)).toEqual([1, 2, 3, 4]);
  });
});

describe('a file that is damaged', () => {
  test.each([
    ['overwritten', (file: string) => writeFileSync(file, 'x'.repeat(20_000))],
    ['cut off', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 5000))],
    [
      'of another version',
      (file: string) => {
        const database = new DatabaseSync(file);
        database.exec('PRAGMA user_version = 9');
        database.close();
      },
    ],
  ])('%s, is set aside and told, and samples are kept in a new one', (_, damage) => {
    const bench = new Bench();
    const first = bench.open();
    first.interrupt();
    add(first, 1, 30, Buffer.alloc(1400, 7));
    first.close();
    damage(bench.file);
    const second = bench.open();
    second.interrupt();
    second.resume(true);
    backlog(second);
    second.rewind();
    second.interrupt();
    add(second, 31, 32);
    expect(bench.files).toContain(`${SPOOL_FILE}.damaged`);
    expect(bench.lines[0]).toContain('cannot be read any more and are set aside; new ones are kept file=');
    second.resume(true);
    expect(backlog(second)).toEqual([31, 32]);
  });

  test('in a sample, loses that sample alone, which is told as a gap', () => {
    const bench = new Bench();
    const first = bench.open();
    first.interrupt();
    add(first, 1, 3, Buffer.from('a sample of this host'));
    first.close();
    const bytes = readFileSync(bench.file);
    const at = bytes.indexOf('a sample of this host');
    bytes[at] = 0x41;
    writeFileSync(bench.file, bytes);
    const second = bench.open();
    second.resume(true);
    const taken = backlog(second);
    expect(taken).toHaveLength(3);
    expect(second.counts).toMatchObject({ dropped: 1, waiting: 2 });
    for (const sequence of range(1, 3)) expect(second.acknowledge({ stream, sequence })).toBe(true);
    expect(bench.files).toEqual([]);
  });
});

describe('a disk that takes nothing', () => {
  test('leaves samples in memory, is told once, and takes them when it can', () => {
    const bench = new Bench();
    const outbox = bench.open();
    // Where the file should be there is something else.
    mkdirSync(bench.file);
    outbox.interrupt();
    add(outbox, 1, 60);
    expect(bench.lines).toEqual([
      expect.stringContaining('samples cannot be kept on disk, only in memory reason='),
    ]);
    expect(outbox.counts).toMatchObject({ waiting: 50, dropped: 10 });
    rmSync(bench.file, { recursive: true });
    add(outbox, 61);
    expect(bench.lines[1]).toBe('samples are kept on disk again');
    outbox.close();
    const next = bench.open();
    next.resume(true);
    expect(next.takeBacklog()).toMatchObject({ sequence: 10, message: expect.stringContaining('"gap"') });
    expect(backlog(next)).toEqual(range(11, 61));
  });

  test('with little room is left to others', () => {
    const bench = new Bench();
    const outbox = bench.open({ ...roomy, leastFreeBytes: Number.MAX_SAFE_INTEGER });
    outbox.interrupt();
    add(outbox, 1);
    expect(bench.files).toEqual([]);
    expect(bench.lines[0]).toContain('MiB are free on the disk');
  });

  test('because another agent has the file, is not taken for damage', () => {
    const bench = new Bench();
    const first = bench.open();
    first.interrupt();
    add(first, 1);
    const second = bench.open();
    second.interrupt();
    add(second, 2);
    expect(bench.lines).toEqual([expect.stringContaining('locked')]);
    first.resume(true);
    expect(backlog(first)).toEqual([1]);
  });
});

/** A mount needs a namespace of its own, which not everyone may make. */
const mayMount = spawnSync('unshare', ['--mount', 'true']).status === 0;

test.skipIf(!mayMount)(
  'a disk that is full, really, loses nothing, and all is kept when it has room again',
  () => {
    const bench = new Bench();
    const script = 'mount -t tmpfs -o size=8m none "$1" && exec "$2" "$3" "$1"';
    const child = join(import.meta.dirname, '../testing/full-disk-child.ts');
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', script, 'sh', bench.folder, process.execPath, child],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    const seen: unknown = JSON.parse(stdout);
    expect(seen).toEqual({
      lines: [
        expect.stringContaining('samples cannot be kept on disk, only in memory reason='),
        'samples are kept on disk again\n',
      ],
      whenFull: { waiting: 300, onDisk: expect.any(Number) },
      whenFree: { waiting: 300, onDisk: 300 },
      delivered: range(51, 350),
    });
  },
);

test('days are counted in samples', () => {
  expect(spoolLimits(7, 256)).toMatchObject({ samples: 60_480, bytes: 268_435_456 });
});

describe('kill -9', () => {
  const child = join(import.meta.dirname, '../testing/spooling-child.ts');
  const mayInject = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;

  test('at any moment loses no sample that was kept and lets none come twice', {
    timeout: 120_000,
  }, async () => {
    const bench = new Bench();
    const said: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      said.push(
        ...(await killedAfter(1 + round * 17, [process.execPath, child, bench.folder, ...run(round)])),
      );
    }
    expectAllThere(bench, said);
    expect(said.length).toBeGreaterThan(600);
  });

  test.skipIf(!mayInject)('at one write after the other does neither', { timeout: 240_000 }, async () => {
    const bench = new Bench();
    const said: string[] = [];
    const calls = 'pwrite64,fdatasync,ftruncate,unlink';
    for (let write = 1; write <= 70; write += 3) {
      const inject = `inject=${calls}:signal=SIGKILL:when=${write}`;
      const strace = ['strace', '-f', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject];
      const program = [process.execPath, child, bench.folder, ...run(write)];
      said.push(...(await killedAfter(Number.POSITIVE_INFINITY, [...strace, ...program])));
    }
    expectAllThere(bench, said);
    expect(said.length).toBeGreaterThan(100);
  });

  /** The stream of a run, and what its samples begin with. */
  function run(number: number): [string, string] {
    return [`run${number}`.padEnd(22, 'A'), String(number)];
  }

  /** What all runs said that they kept, and not that they let go of, is there as it was, or told as a gap. */
  function expectAllThere(bench: Bench, said: readonly string[]): void {
    const kept = said.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
    const letGo = new Set(said.filter((line) => line.startsWith('-')).map((line) => line.slice(1)));
    const outbox = bench.open();
    outbox.resume(true);
    const there: string[] = [];
    const told = new Set<string>();
    for (let next = outbox.takeBacklog(); next !== undefined; next = outbox.takeBacklog()) {
      const text = next.message.toString();
      if (text.startsWith('{"type":"gap"')) {
        const gap: { fromSequence: number; toSequence: number } = JSON.parse(text);
        for (const sequence of range(gap.fromSequence, gap.toSequence))
          told.add(`${next.stream}/${sequence}`);
        continue;
      }
      there.push(`${next.stream}/${next.sequence}`);
      const number = Number(/^run(\d+)/.exec(next.stream)?.[1]);
      expect(text).toBe(Buffer.alloc(1400, `${number} ${next.sequence} `).toString());
    }
    expect(bench.lines).toEqual([]);
    expect(new Set(there).size).toBe(there.length);
    expect(kept.filter((key) => !letGo.has(key) && !there.includes(key) && !told.has(key))).toEqual([]);
  }

  /** Runs a program until it has printed so many lines, kills it, and returns all that it had printed. */
  function killedAfter(lines: number, [program = '', ...args]: readonly string[]): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const running = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      running.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.split('\n').length > lines) running.kill('SIGKILL');
      });
      running.on('error', reject);
      running.on('close', () => resolve(text.split('\n').slice(0, -1)));
    });
  }
});
