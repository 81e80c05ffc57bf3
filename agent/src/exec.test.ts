import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TimeoutError, ToolFailedError, ToolMissingError } from './errors.ts';
import { type RunOptions, runProgram } from './exec.ts';

const PLENTY: RunOptions = { timeoutMs: 15_000 };
/** For programs that never end by themselves. */
const SHORT: RunOptions = { timeoutMs: 200 };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exec-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function tool(script: string, name = 'tool'): void {
  writeFileSync(join(folder, name), script.startsWith('#!') ? script : `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

const run = (options: RunOptions = PLENTY, ...args: string[]): Promise<string> =>
  runProgram(['/nonexistent', folder], 'tool', args, options);

/** True once no process has this id any more. */
function hasEnded(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return true;
  }
}

/** The process id that a stand-in wrote into a file. */
async function pidIn(file: string): Promise<number> {
  await vi.waitUntil(() => existsSync(join(folder, file)) && readFileSync(join(folder, file), 'utf8') !== '');
  return Number(readFileSync(join(folder, file), 'utf8'));
}

describe('a program that ends', () => {
  test('gives what it printed; its arguments are taken as they are', async () => {
    tool('for word; do echo "<$word>"; done');
    expect(await run(PLENTY, 'a b', '$HOME', '; rm -rf', '')).toBe('<a b>\n<$HOME>\n<; rm -rf>\n<>\n');
  });

  test('sees a fixed environment and nothing of the agent', async () => {
    vi.stubEnv('PMA_SECRET', 'x');
    vi.stubEnv('LC_ALL', 'de_DE.UTF-8');
    tool('/usr/bin/env | /usr/bin/grep -v "^PWD\\|^_=\\|^SHLVL\\|^OLDPWD" | /usr/bin/sort; pwd');
    expect(await run()).toBe(
      'LC_ALL=C.UTF-8\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nTZ=UTC\nZFS_MODULE_TIMEOUT=1\n/\n',
    );
    vi.unstubAllEnvs();
  });

  test('hands its lines on as they come, whole, however much it prints', async () => {
    tool('i=0; while [ $i -lt 300 ]; do printf "%s" "line $i of ä"; echo; i=$((i + 1)); done; printf last');
    const lines: string[] = [];
    expect(await run({ ...PLENTY, maxOutputBytes: 10, onLine: (line) => lines.push(line) })).toBe('');
    expect(lines).toHaveLength(301);
    expect([lines[0], lines[299], lines[300]]).toEqual(['line 0 of ä', 'line 299 of ä', 'last']);
  });

  test('is ended by the first line that is refused', async () => {
    tool('echo good; echo bad; exec sleep 60');
    const onLine = (line: string): void => {
      if (line === 'bad') throw new Error('a bad line');
    };
    await expect(run({ ...PLENTY, onLine })).rejects.toThrow('a bad line');
  });

  test('with an exit code fails with the code and the first line that it said', async () => {
    tool('echo out; echo "cannot open" >&2; echo usage >&2; exit 3');
    const error = await run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ToolFailedError);
    expect(error).toMatchObject({
      message: 'tool ended with exit code 3: cannot open',
      exitCode: 3,
      stderr: 'cannot open\nusage\n',
    });
  });

  test('with endless complaints is quoted only so far, and none of its output is lost', async () => {
    tool('i=0; while [ $i -lt 2000 ]; do echo "complaint $i" >&2; i=$((i+1)); done; echo out; exit 1');
    expect(await run({ ...PLENTY, acceptedExitCodes: [1] })).toBe('out\n');
    const error = await run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'tool ended with exit code 1: complaint 0' });
    expect(error instanceof ToolFailedError && error.stderr.length).toBe(4096);
  });

  test('with an exit code that is an answer gives what it printed', async () => {
    tool('echo half; exit 1');
    expect(await run({ ...PLENTY, acceptedExitCodes: [1] })).toBe('half\n');
  });

  test('by a signal fails with the name of the signal', async () => {
    tool('kill -TERM $$; sleep 60');
    await expect(run()).rejects.toThrow('tool was ended by SIGTERM');
  });

  test('leaving a child that holds its output open gives what it printed, and the child is killed', async () => {
    tool(`sleep 600 & echo $! > ${folder}/child; echo done`);
    expect(await run()).toBe('done\n');
    const pid = await pidIn('child');
    await vi.waitUntil(() => hasEnded(pid));
  });

  test('text of many bytes is not torn between two pieces of it', async () => {
    tool('i=0; while [ $i -lt 20000 ]; do printf "pool-ü€"; i=$((i+1)); done');
    const text = await run();
    expect(text).toBe('pool-ü€'.repeat(20_000));
  });
});

describe('a program that cannot be run', () => {
  test('is missing, with the package that brings it', async () => {
    await expect(runProgram([folder], 'zpool', [], { ...PLENTY, package: 'zfsutils-linux' })).rejects.toThrow(
      new ToolMissingError('zpool not found: install zfsutils-linux'),
    );
  });

  test('is missing when it may not be executed', async () => {
    writeFileSync(join(folder, 'tool'), '#!/bin/sh\n', { mode: 0o644 });
    await expect(run()).rejects.toThrow(ToolMissingError);
  });

  test.each([
    ['an interpreter that is not there', '#!/nonexistent/interpreter\n', ''],
    ['an argument that no program can be given', '#!/bin/sh\n', 'half\0other half'],
  ])('fails in words when it has %s', async (_, text, argument) => {
    tool(text);
    const error = await run(PLENTY, argument).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ToolFailedError);
    expect(error).toMatchObject({ message: expect.stringContaining('tool cannot be started: ') });
  });
});

describe('a program that does not end', () => {
  test('is given up on and killed with all its children', async () => {
    tool(`sleep 600 & echo $! > ${folder}/child; wait`);
    await expect(run({ timeoutMs: 1_000 })).rejects.toThrow(new TimeoutError('tool did not answer in 1 s'));
    const pid = await pidIn('child');
    await vi.waitUntil(() => hasEnded(pid));
  });

  test('is killed even when it ignores every polite signal', async () => {
    tool(`trap '' TERM HUP INT; echo $$ > ${folder}/pid; while :; do sleep 600; done`);
    const controller = new AbortController();
    const running = run({ ...PLENTY, signal: controller.signal });
    const pid = await pidIn('pid');
    controller.abort();
    await expect(running).rejects.toThrow('was stopped');
    await vi.waitUntil(() => hasEnded(pid));
  });

  test('is not joined by a second one as long as it lives, unless that is about something else', async () => {
    tool(`echo $$ >> ${folder}/started; [ "$1" = quick ] || exec sleep 600`);
    const about = (subject: string, ...args: string[]): Promise<string> =>
      run({ ...SHORT, subject, timeoutMs: args.length === 0 ? 500 : 15_000 }, ...args);
    await expect(about('/mnt/dead')).rejects.toThrow('did not answer');
    // SIGKILL is on its way, but nobody has seen the end of the first one yet.
    await expect(about('/mnt/dead')).rejects.toThrow(
      /tool \(pid \d+\) was given up on and has not ended yet/,
    );
    expect(await about('/', 'quick')).toBe('');
    expect(await vi.waitFor(() => about('/mnt/dead', 'quick'))).toBe('');
    expect(readFileSync(join(folder, 'started'), 'utf8').trim().split('\n')).toHaveLength(3);
  });

  test('is killed when it prints without end', async () => {
    tool('echo $$ > /dev/stderr; exec yes');
    const error = await run({ ...PLENTY, maxOutputBytes: 100_000 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ToolFailedError);
    expect(error).toMatchObject({ message: 'tool printed more than 100000 bytes' });
  });

  test('is killed when nobody waits for it any more', async () => {
    tool(`echo $$ > ${folder}/pid; exec sleep 600`);
    const controller = new AbortController();
    const running = run({ ...PLENTY, signal: controller.signal });
    const pid = await pidIn('pid');
    controller.abort();
    await expect(running).rejects.toThrow(new TimeoutError('tool was stopped'));
    await vi.waitUntil(() => hasEnded(pid));
  });

  test('is not even started when nobody waits for it', async () => {
    tool(`touch ${folder}/started`);
    await expect(run({ ...PLENTY, signal: AbortSignal.abort() })).rejects.toThrow('was stopped');
    expect(existsSync(join(folder, 'started'))).toBe(false);
  });
});
