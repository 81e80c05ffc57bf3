import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface RunResult {
  /** 127: there is no such program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: { readonly uid: number; readonly gid: number };
}

const TIMEOUT_MS = 60_000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs a program of the system to its end, whatever its exit code. */
export async function run(
  program: string,
  parameters: readonly string[],
  { environment = {}, user }: RunOptions = {},
): Promise<RunResult> {
  const child = spawn(program, parameters, {
    env: { PATH, LC_ALL: 'C.UTF-8', ...environment },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    ...user,
  });
  const failed = once(child, 'error');
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  try {
    const [stdout, stderr] = await Promise.race([ended, failed.then(([error]) => Promise.reject(error))]);
    return { code: child.exitCode ?? 128, stdout, stderr: stderr.trim() };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { code: 127, stdout: '', stderr: `${program} is not installed` };
    }
    throw error;
  }
}
