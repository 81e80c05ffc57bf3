import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hashPassword, setPassword } from '../../../server/src/auth/password.ts';
import { systemClock } from '../../../server/src/clock.ts';
import { openDatabase } from '../../../server/src/db/open.ts';
import { registerHost } from '../../../server/src/hosts/hosts.ts';
import { makeMetricsToken } from '../../../server/src/prometheus/token.ts';
import { command } from '../../e2e/bed/command.ts';

const START_MS = 60_000;
/** As the unit has it. */
const STOP_MS = 20_000;

export interface ServerOptions {
  /** Path of the package. */
  readonly package: string;
  /** An empty folder: the package's files, the database and the log go there. */
  readonly folder: string;
  readonly hosts: number;
  /** Where to write a profile of the processor's time, if anywhere. */
  readonly profile: string | undefined;
}

/** The packaged server with its own Node and a database on disk, on a port of the loopback. */
export class ServerUnderTest {
  readonly url: string;
  /** One host each, `host-0000` and so on. */
  readonly tokens: readonly string[];
  readonly password = 'of a measurement';
  readonly metricsToken: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(parts: {
    readonly url: string;
    readonly tokens: readonly string[];
    readonly metricsToken: string;
    readonly child: ChildProcess;
    readonly folder: string;
  }) {
    this.url = parts.url;
    this.tokens = parts.tokens;
    this.metricsToken = parts.metricsToken;
    this.#child = parts.child;
    this.#folder = parts.folder;
  }

  /** @throws Error when it does not answer within a minute */
  static async start(options: ServerOptions): Promise<ServerUnderTest> {
    const { folder, hosts } = options;
    const files = join(folder, 'package');
    mkdirSync(files, { recursive: true });
    await command('dpkg-deb', ['--extract', options.package, files]);
    const program = relocated(files, options.profile);
    const port = await freePort();
    const environment = {
      PATH: '/usr/bin:/bin',
      DATABASE_PATH: databaseIn(folder),
      SECRET_KEY_BASE: 'of-a-measurement-that-nobody-can-reach-from-outside',
      PORT: String(port),
    };
    await command(program, ['migrate'], { environment });
    const prepared = await prepareDatabase(databaseIn(folder), hosts);
    const log = openSync(join(folder, 'server.log'), 'w');
    const child = spawn(program, ['serve'], {
      env: environment,
      stdio: ['ignore', log, log],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const server = new ServerUnderTest({
      ...prepared,
      child,
      folder,
      url: `http://127.0.0.1:${port}`,
    });
    await server.#untilReady();
    return server;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get log(): string {
    return readFileSync(join(this.#folder, 'server.log'), 'utf8');
  }

  /** Of the database and its write-ahead log. */
  get databaseBytes(): number {
    return ['', '-wal']
      .map((suffix) => statSync(`${databaseIn(this.#folder)}${suffix}`, { throwIfNoEntry: false })?.size ?? 0)
      .reduce((sum, bytes) => sum + bytes, 0);
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await Promise.race([exited, pause(STOP_MS, undefined, { ref: false })]);
    if (this.isRunning) this.#child.kill('SIGKILL');
    await exited;
  }

  async #untilReady(): Promise<void> {
    for (const endMs = Date.now() + START_MS; Date.now() < endMs; await pause(200)) {
      if (!this.isRunning) break;
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok === true) return;
    }
    await this.stop();
    throw new Error(`the server did not answer in ${START_MS / 1000} s. Its log:\n${this.log.slice(-2_000)}`);
  }
}

/** The package's own command, for the folder that it was unpacked to. */
function relocated(files: string, profile: string | undefined): string {
  const path = join(files, 'usr/bin/proxmox-monitor-server');
  const profiling = profile === undefined ? '' : ` --cpu-prof --cpu-prof-dir=${profile}`;
  const script = readFileSync(path, 'utf8')
    .replaceAll('/usr/lib/', `${files}/usr/lib/`)
    .replace('/node ', `/node${profiling} `);
  writeFileSync(path, script);
  return path;
}

function databaseIn(folder: string): string {
  return join(folder, 'monitor.db');
}

/** With the server's own functions: a thousand calls of its command would take minutes. */
async function prepareDatabase(
  path: string,
  hosts: number,
): Promise<{ tokens: string[]; metricsToken: string }> {
  const database = openDatabase(path);
  try {
    const tokens = database.transaction(() =>
      Array.from(
        { length: hosts },
        (_, number) => registerHost(database, systemClock, `host-${String(number).padStart(4, '0')}`).token,
      ),
    );
    setPassword(database, systemClock, await hashPassword('of a measurement'));
    return { tokens, metricsToken: makeMetricsToken(database, systemClock) };
  } finally {
    database.$client.close();
  }
}

export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  listener.close();
  await once(listener, 'close');
  return port;
}
