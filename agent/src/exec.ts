import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
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
}

/** Children never see the agent's own environment, and print the same on every host. */
const ENVIRONMENT = { LC_ALL: 'C.UTF-8', TZ: 'UTC', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } as const;

const DEFAULT_MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/** Programs that were given up on and have not ended yet: a process in D state survives SIGKILL. */
const abandoned = new Map<string, ChildProcess>();

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
  const file = find(directories, program);
  if (file === undefined) {
    const hint = options.package === undefined ? '' : `: install ${options.package}`;
    throw new ToolMissingError(`${program} not found${hint}`);
  }
  const running = abandoned.get(file);
  if (running !== undefined) {
    throw new TimeoutError(`${program} (pid ${running.pid}) was given up on and has not ended yet`);
  }
  return await start(file, program, args, options);
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

function start(file: string, program: string, args: readonly string[], options: RunOptions): Promise<string> {
  const maxOutputBytes = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: ENVIRONMENT,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
    });
    const out: Buffer[] = [];
    let outBytes = 0;
    let stderr = '';
    let settled = false;

    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      act();
    };
    const giveUp = (error: Error): void => {
      if (settled) return;
      abandoned.set(file, child);
      killGroup(child);
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      settle(() => reject(error));
    };
    const onAbort = (): void => giveUp(new TimeoutError(`${program} was stopped`));
    const timer = setTimeout(
      () => giveUp(new TimeoutError(`${program} did not answer in ${options.timeoutMs / 1000} s`)),
      options.timeoutMs,
    );
    if (options.signal?.aborted === true) onAbort();
    options.signal?.addEventListener('abort', onAbort, { once: true });

    child.stdout.on('data', (chunk: Buffer) => {
      outBytes += chunk.length;
      if (outBytes <= maxOutputBytes) out.push(chunk);
      else giveUp(new ToolFailedError(`${program} printed more than ${maxOutputBytes} bytes`, undefined, ''));
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 4096) stderr += chunk.toString('utf8').slice(0, 4096);
    });
    child.on('error', (error) => {
      abandoned.delete(file);
      settle(() => reject(new ToolFailedError(`${program}: ${error.message}`, undefined, stderr)));
    });
    child.on('exit', () => abandoned.delete(file));
    child.on('close', (code, signal) => {
      settle(() => {
        if (code === 0 || (code !== null && options.acceptedExitCodes?.includes(code) === true)) {
          resolve(Buffer.concat(out).toString('utf8'));
          return;
        }
        const end = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
        const said = stderr.trim().split('\n')[0] ?? '';
        const message = said === '' ? `${program} ${end}` : `${program} ${end}: ${said}`;
        reject(new ToolFailedError(message, code ?? undefined, stderr));
      });
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it has ended in the meantime
  }
}
