import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';

export interface CommandOptions {
  /** Text that the program reads from its standard input. */
  readonly input?: string;
  /** A file that the program reads from its standard input, instead of `input`. */
  readonly inputFile?: string;
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface CommandResult {
  /** The exit code, or 128 plus the signal's number as a shell says it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program ended with another exit code than 0, or not in time. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly result: CommandResult;

  constructor(what: string, result: CommandResult) {
    const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15).join('\n');
    super(`${what}: exit code ${result.code}${said === '' ? '' : `\n${said}`}`);
    this.result = result;
  }
}

const DEFAULT_TIMEOUT_MS = 300_000;
/** What `timeout` answers when the time is up. */
const TIMED_OUT = 124;

/** What runs now. It must not outlive this program, however that ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) killGroup(child);
});

/**
 * Runs a program to its end, in a session of its own: Ctrl-C in the terminal reaches this process alone, which then
 * takes down in order what it started.
 */
export async function attempt(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(program, args, {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.environment === undefined ? {} : { env: options.environment }),
  });
  running.add(child);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A program may end without having read everything; its exit code tells the rest.
  child.stdin.on('error', () => undefined);
  if (options.inputFile === undefined) child.stdin.end(options.input ?? '');
  else createReadStream(options.inputFile).pipe(child.stdin);

  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child);
  }, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  try {
    await once(child, 'close');
  } finally {
    running.delete(child);
    clearTimeout(timer);
  }
  return {
    code: timedOut ? TIMED_OUT : (child.exitCode ?? 128),
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}

/** Like `attempt`, but anything other than exit code 0 throws a CommandError. Returns the standard output. */
export async function command(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const result = await attempt(program, args, options);
  if (result.code !== 0) throw new CommandError([program, ...args].join(' ').slice(0, 300), result);
  return result.stdout;
}

/** The child is not yet reaped while it has no exit code, so its number cannot be another process's by now. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, 'SIGKILL');
}
