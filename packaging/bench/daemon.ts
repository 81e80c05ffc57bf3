import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const STOP_MS = 5_000;

/** A program that runs in a root folder of its own until it is stopped. */
export class Daemon {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #logFile: string;

  /** @param user `uid:gid` */
  constructor(
    name: string,
    root: string,
    user: string,
    call: readonly string[],
    logFile: string,
    environment = {},
  ) {
    this.name = name;
    this.#logFile = logFile;
    const log = openSync(logFile, 'w');
    this.#child = spawn('chroot', [`--userspec=${user}`, root, ...call], {
      env: { PATH: '/usr/sbin:/usr/bin', HOME: '/tmp', ...environment },
      stdio: ['ignore', log, log],
    });
  }

  /** chroot becomes the program. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** @throws Error when it does not come about in 30 s, or the program ends */
  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    for (const endMs = Date.now() + 30_000; !(await condition()); ) {
      if (!this.isRunning || Date.now() > endMs)
        throw new Error(`${this.name}: ${what}: not in 30 s. Its log:\n${this.log.slice(-2_000)}`);
      await pause(200);
    }
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await Promise.race([exited, pause(STOP_MS, undefined, { ref: false })]);
    if (this.isRunning) this.#child.kill('SIGKILL');
    await exited;
  }
}
