import { execFile } from 'node:child_process';

export interface ProgramOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** A program that failed. The message holds the end of what it printed. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

/**
 * Runs a program to its end.
 * @returns its standard output
 * @throws ProgramError
 */
export function runProgram(
  program: string,
  parameters: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...parameters],
      { cwd: options.cwd, env: { ...process.env, ...options.env }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) {
          resolve(stdout);
          return;
        }
        const why = error.code === 'ENOENT' ? 'is not installed' : `failed (${error.code ?? error.signal})`;
        const output = `${stdout}${stderr}`.trimEnd().split('\n').slice(-40).join('\n');
        reject(new ProgramError(`${program} ${why}:\n  ${program} ${parameters.join(' ')}\n${output}`));
      },
    );
    // A program that ends without reading its input has said why on standard error.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}
