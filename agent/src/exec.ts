import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TimeoutError, ToolFailedError, ToolMissingError } from './errors.ts';

export interface RunOptions {
  /** After this long the program is killed and given up on, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts the wait; the program is killed. */
  readonly signal?: AbortSignal;
  /** Most bytes that the program may print before it is killed. */
  readonly maxOutputBytes?: number;
  /** Exit codes besides 0 that are an answer and not a failure. */
  readonly acceptedExitCodes?: readonly number[];
  /** The Debian package that brings the program, for the message when it is missing. */
  readonly package?: string;
  /**
   * What this run may hang on (a mount point, say), when runs of the same program for other things are to
   * go on meanwhile.
   */
  readonly subject?: string;
  /** Takes each line of what it prints, as it comes; none of it is kept then, and its length has no limit. */
  readonly onLine?: (line: string) => void;
}

/** What a program printed. Of the errors only the first 4 KiB. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Children never see the agent's own environment, and print the same on every host. */
const ENVIRONMENT = {
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  // Seconds that zpool and zfs wait for a /dev/zfs they cannot open before they say so: ten, otherwise, as long as zpool gets.
  ZFS_MODULE_TIMEOUT: '1',
} as const;

const DEFAULT_MAX_OUTPUT_BYTES = 8 * 1024 * 1024;
const MAX_STDERR_BYTES = 4096;
/** How long the output of an ended program is waited for when a child of its own holds it open. */
const HELD_OPEN_MS = 500;

/** Programs that were given up on and have not ended yet: a process in D state survives SIGKILL. */
const abandoned = new Map<string, Set<ChildProcess>>();

/** A program that outlives the process that started it. */
export interface Straggler {
  /** What no second one is started for. */
  readonly key: string;
  readonly pid: number;
  /** When it was started, in ticks since boot: tells it from a later process of the same number. */
  readonly startTicks: number;
}
/** Those that an earlier process gave up on. */
const inherited = new Map<string, Straggler>();

/** Programs that were given up on, by this process or before it, and have not ended yet. */
export function stragglers(): Straggler[] {
  const own = [...abandoned].flatMap(([key, children]) =>
    [...children].flatMap(({ pid }): Straggler[] => {
      const startTicks = pid === undefined ? undefined : startTicksOf(pid);
      return pid === undefined || startTicks === undefined ? [] : [{ key, pid, startTicks }];
    }),
  );
  return [...own, ...[...inherited.values()].filter(({ key }) => pidOfInherited(key) !== undefined)];
}

/** Takes over what an earlier process gave up on, so that it is not started a second time either. */
export function inherit(earlier: readonly Straggler[]): void {
  for (const straggler of earlier) inherited.set(straggler.key, straggler);
}

function pidOfInherited(key: string): number | undefined {
  const straggler = inherited.get(key);
  if (straggler === undefined || startTicksOf(straggler.pid) === straggler.startTicks) return straggler?.pid;
  inherited.delete(key);
  return undefined;
}

/** Undefined when there is no such process, or only what its parent has not yet taken note of. */
function startTicksOf(pid: number): number | undefined {
  try {
    // After the name, which may hold spaces and parentheses itself, come the state and then numbers.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}

/**
 * Runs a program from one of `directories` and returns its standard output. No shell, a fixed
 * environment, a process group of its own. While one run of a program is given up on and still alive,
 * the same call throws TimeoutError at once and starts no second one.
 * @throws ToolMissingError when no directory holds the program
 * @throws ToolFailedError when it ends with an exit code that is not accepted, or prints too much
 * @throws TimeoutError when it does not end in time
 */
export async function runProgram(
  directories: readonly string[],
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  return (await runProgramFully(directories, program, args, options)).stdout;
}

/** As {@link runProgram}, for a program whose errors are part of the answer. */
export async function runProgramFully(
  directories: readonly string[],
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Printed> {
  const file = find(directories, program);
  if (file === undefined) {
    const hint = options.package === undefined ? '' : `: install ${options.package}`;
    throw new ToolMissingError(`${program} not found${hint}`);
  }
  const key = `${file} ${options.subject ?? ''}`;
  const pid = [...(abandoned.get(key) ?? [])][0]?.pid ?? pidOfInherited(key);
  if (pid !== undefined) {
    throw new TimeoutError(`${program} (pid ${pid}) was given up on and has not ended yet`);
  }
  if (options.signal?.aborted === true) throw new TimeoutError(`${program} was stopped`);
  const { code, signal, stdout, stderr } = await start(file, args, program, key, options);
  if (code === 0 || (code !== null && options.acceptedExitCodes?.includes(code) === true)) {
    return { code, stdout, stderr };
  }
  const end = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
  throw new ToolFailedError(told(`${program} ${end}`, stderr), code ?? undefined, stderr);
}

/** The first line of what the program said is nearly always the one that counts. */
function told(message: string, stderr: string): string {
  const said = stderr.trim().split('\n')[0] ?? '';
  return said === '' ? message : `${message}: ${said}`;
}

function find(directories: readonly string[], program: string): string | undefined {
  for (const directory of directories) {
    const file = join(directory, program);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this one
    }
  }
  return undefined;
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  file: string,
  args: readonly string[],
  program: string,
  key: string,
  options: RunOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = begin(file, args, program);
    const stdout =
      options.onLine === undefined
        ? gather(child.stdout, options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES, (limit) =>
            giveUp(new ToolFailedError(`${program} printed more than ${limit} bytes`, undefined, '')),
          )
        : passOn(child.stdout, options.onLine, giveUpOn);
    const stderr = gather(child.stderr, MAX_STDERR_BYTES);
    const done = (): void => {
      clearTimeout(timer);
      clearTimeout(heldOpen);
      options.signal?.removeEventListener('abort', onAbort);
    };
    const giveUp = (error: Error): void => {
      done();
      abandon(key, child);
      reject(error);
    };
    function giveUpOn(error: unknown): void {
      giveUp(error instanceof Error ? error : new Error(String(error)));
    }
    const onAbort = (): void => giveUp(new TimeoutError(`${program} was stopped`));
    const timer = setTimeout(
      () => giveUp(new TimeoutError(`${program} did not answer in ${options.timeoutMs / 1000} s`)),
      options.timeoutMs,
    );
    let heldOpen: NodeJS.Timeout | undefined;
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      done();
      resolve({ code, signal, stdout: stdout(), stderr: stderr() });
    };
    child.on('error', (error) => {
      done();
      reject(new ToolFailedError(`${program} cannot be started: ${error.message}`, undefined, ''));
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      heldOpen = setTimeout(() => {
        // "close" does not come while a child of the program has its output open.
        letGo(child);
        end(code, signal);
      }, HELD_OPEN_MS);
    });
    child.on('close', end);
  });
}

/** @throws ToolFailedError when the system refuses at once; otherwise an `error` event tells of it. */
function begin(file: string, args: readonly string[], program: string): ChildProcess {
  try {
    return spawn(file, args, {
      env: ENVIRONMENT,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ToolFailedError(`${program} cannot be started: ${why}`, undefined, '');
  }
}

/**
 * Gathers what a stream brings, up to a limit, and returns how to get at it. There is no stream when the
 * system ran out of file descriptors; an `error` event follows then.
 */
function gather(
  stream: NodeJS.ReadableStream | null | undefined,
  maxBytes: number,
  onTooMuch: (maxBytes: number) => void = () => undefined,
): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (bytes > maxBytes) return;
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else {
      chunks.push(chunk.subarray(0, chunk.length - (bytes - maxBytes)));
      onTooMuch(maxBytes);
    }
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** Longer lines than this are no lines of any program that the agent asks. */
const MAX_LINE_BYTES = 64 * 1024;

/** Hands on what a stream brings, line by line. Whatever `onLine` throws ends the program. */
function passOn(
  stream: NodeJS.ReadableStream | null | undefined,
  onLine: (line: string) => void,
  onError: (error: unknown) => void,
): () => string {
  let rest = '';
  let isOver = false;
  const take = (line: string): void => {
    if (isOver) return;
    try {
      onLine(line);
    } catch (error) {
      isOver = true;
      onError(error);
    }
  };
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_BYTES);
    for (const line of lines) take(line);
  });
  return () => {
    if (rest !== '') take(rest);
    return '';
  };
}

/** Kills the program and does not wait for its end, but remembers it until then. */
function abandon(key: string, child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) {
    const children = abandoned.get(key) ?? new Set();
    abandoned.set(key, children.add(child));
    child.once('exit', () => {
      children.delete(child);
      if (children.size === 0) abandoned.delete(key);
    });
  }
  letGo(child);
}

/** Kills whatever of the program's process group is alive, and holds neither its output nor the agent's end. */
function letGo(child: ChildProcess): void {
  if (child.pid !== undefined) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended in the meantime
    }
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}
