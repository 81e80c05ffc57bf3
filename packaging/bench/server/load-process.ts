import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LoadJob, LoadLine } from './load.ts';

/** The simulated agents, in a process of their own. */
export class LoadProcess {
  readonly #child: ChildProcess;
  #last: LoadLine | undefined;
  #latenciesMs: number[] = [];

  constructor(job: LoadJob) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    child.stdin.end(JSON.stringify(job));
    createInterface({ input: child.stdout }).on('line', (text) => {
      // Written by load.ts, of the same version.
      const line: LoadLine = JSON.parse(text);
      this.#last = line;
      for (const latency of line.latenciesMs) this.#latenciesMs.push(latency);
    });
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it told last. */
  get seen(): LoadLine | undefined {
    return this.#last;
  }

  /** Milliseconds until each ack since the last call. */
  takeLatencies(): number[] {
    const latencies = this.#latenciesMs;
    this.#latenciesMs = [];
    return latencies;
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}
