import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { attempt, command } from '../../e2e/bed/command.ts';
import { freePort, type ServerUnderTest } from './server-under-test.ts';

/** As often as the agents send. */
const SCRAPE_SECONDS = 10;
const START_MS = 30_000;
const STOP_MS = 10_000;

/** Debian's Prometheus, which scrapes the values of all hosts from the server under test. */
export class Prometheus {
  readonly version: string;
  readonly #url: string;
  readonly #child: ChildProcess;
  readonly #data: string;

  private constructor(version: string, url: string, child: ChildProcess, data: string) {
    this.version = version;
    this.#url = url;
    this.#child = child;
    this.#data = data;
  }

  /**
   * Fetches the package with apt-get, for it is not installed here, and starts what is in it.
   * @returns a sentence when it cannot be had
   */
  static async start(folder: string, server: ServerUnderTest): Promise<Prometheus | string> {
    mkdirSync(folder, { recursive: true });
    const fetched = await attempt('apt-get', ['download', 'prometheus'], { cwd: folder });
    const file = readdirSync(folder).find((name) => name.endsWith('.deb'));
    if (fetched.code !== 0 || file === undefined)
      return `apt-get download prometheus: ${fetched.stderr.trim().split('\n')[0]}`;
    await command('dpkg-deb', ['--extract', file, 'package'], { cwd: folder });
    const { host } = new URL(server.url);
    const port = await freePort();
    const configuration = {
      global: { scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: `${SCRAPE_SECONDS}s` },
      scrape_configs: [
        {
          job_name: 'proxmox-monitor',
          authorization: { credentials: server.metricsToken },
          static_configs: [{ targets: [host] }],
        },
      ],
    };
    // JSON is YAML.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration));
    const log = openSync(join(folder, 'prometheus.log'), 'w');
    const data = join(folder, 'data');
    const child = spawn(
      join(folder, 'package/usr/bin/prometheus'),
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${data}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-admin-api',
        '--log.level=warn',
      ],
      { stdio: ['ignore', log, log] },
    );
    process.once('exit', () => child.kill('SIGKILL'));
    const prometheus = new Prometheus(file.split('_')[1] ?? '', `http://127.0.0.1:${port}`, child, data);
    if (await prometheus.#isReady()) return prometheus;
    await prometheus.stop();
    return `Prometheus does not start; ${join(folder, 'prometheus.log')} says why`;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** How many values it has taken in since it was started. */
  async valuesTaken(): Promise<number> {
    const answer = await fetch(`${this.#url}/metrics`);
    const values = (await answer.text()).matchAll(
      /^prometheus_tsdb_head_samples_appended_total(?:\{[^}]*\})? (\S+)$/gm,
    );
    return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
  }

  /** Everything that it keeps now: mostly its log of what came in, which it packs after two hours. */
  get dataBytes(): number {
    return bytesBelow(this.#data);
  }

  /** Bytes of what it holds, packed as it packs it after two hours. */
  async packedBytes(): Promise<number> {
    const answer = await fetch(`${this.#url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
    const body: { data?: { name?: string } } = Object(await answer.json());
    return bytesBelow(join(this.#data, 'snapshots', body.data?.name ?? '?'));
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await Promise.race([exited, pause(STOP_MS, undefined, { ref: false })]);
    if (this.isRunning) this.#child.kill('SIGKILL');
    await exited;
  }

  async #isReady(): Promise<boolean> {
    for (const endMs = Date.now() + START_MS; Date.now() < endMs && this.isRunning; await pause(200)) {
      const answer = await fetch(`${this.#url}/-/ready`).catch(() => undefined);
      if (answer?.ok === true) return true;
    }
    return false;
  }
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, bytes) => sum + bytes, 0);
}
