import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const STOP_TIMEOUT_MS = 8_000;
const LINES_SHOWN = 15;

/** A program of this repository that runs until it is stopped, with its output in a file. */
export class Program {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #logFile: string;

  constructor(name: string, args: readonly string[], environment: NodeJS.ProcessEnv, logFile: string) {
    const log = openSync(logFile, 'a');
    this.#name = name;
    this.#logFile = logFile;
    // A session of its own: Ctrl-C reaches the demo alone, which then ends the two in order.
    this.#child = spawn(process.execPath, args, {
      detached: true,
      env: environment,
      stdio: ['ignore', log, log],
    });
  }

  /** Rejects when the program ends by itself; for racing with what one waits for. */
  async ended(): Promise<never> {
    if (this.#isRunning()) await once(this.#child, 'exit');
    throw new Error(`the ${this.#name} ended; the last lines of its log:\n${this.lastLines()}`);
  }

  lastLines(): string {
    return readFileSync(this.#logFile, 'utf8').trim().split('\n').slice(-LINES_SHOWN).join('\n');
  }

  async stop(): Promise<void> {
    if (!this.#isRunning()) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await Promise.race([exited, pause(STOP_TIMEOUT_MS, undefined, { ref: false })]);
    if (this.#isRunning()) this.#child.kill('SIGKILL');
    await exited;
  }

  #isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }
}

/** Runs a program of this repository to its end and returns what it printed. */
export function runToEnd(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  input = '',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, args, { env: environment }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`node ${args.join(' ')}: ${`${stdout}${stderr}`.trim() || error.message}`));
    });
    child.stdin?.end(input);
  });
}
