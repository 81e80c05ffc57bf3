import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { AptRepositoryError } from './errors.ts';

export interface ToolResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface ToolOptions {
  readonly input?: string;
  /** What it prints is only read, not kept. */
  readonly discardOutput?: boolean;
}

/**
 * Runs a program of Debian to its end, whatever its exit code.
 * @throws AptRepositoryError when it is not installed
 */
export async function runTool(
  program: string,
  parameters: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const child = spawn(program, parameters, {
    // what is in the caller's environment (GNUPGHOME, GPG_AGENT_INFO, DPKG_…, LANG) must not matter
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    cwd: '/',
    stdio: 'pipe',
  });
  // a program that ends without reading its input has said why
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const discarded = options.discardOutput === true;
  if (discarded) child.stdout.resume();
  const output = discarded ? Buffer.alloc(0) : buffer(child.stdout);
  try {
    const [stdout, stderr] = await Promise.all([output, buffer(child.stderr), once(child, 'close')]);
    return { code: child.exitCode ?? 128, stdout, stderr: stderr.toString('utf8').trim() };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new AptRepositoryError(`${program} is not installed`, { cause: error });
    }
    throw error;
  }
}
