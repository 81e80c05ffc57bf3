import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hashPassword, setPassword } from '../../../../server/src/auth/password.ts';
import { systemClock } from '../../../../server/src/clock.ts';
import { defaultMigrationsFolder } from '../../../../server/src/config/folders.ts';
import { migrate } from '../../../../server/src/db/migrate.ts';
import { readMigrations } from '../../../../server/src/db/migration-files.ts';
import { openDatabase } from '../../../../server/src/db/open.ts';
import { registerHost } from '../../../../server/src/hosts/hosts.ts';
import { freePort } from '../../../bench/server/server-under-test.ts';
import { bundleServer } from '../../../src/bundle-server.ts';
import { attempt, type CommandResult, command } from '../../bed/command.ts';

/** How the server is called: the packaged command, or the sources with this process's Node. */
export type ServerProgram = readonly [program: string, ...args: string[]];

export interface ServerOptions {
  readonly program: ServerProgram;
  /** An empty folder: the database and the log go there. */
  readonly folder: string;
  readonly hosts: number;
  /** What is put before the command, such as a program that gives it another clock. */
  readonly wrapper?: readonly string[];
  /** Of the server itself and of no other command. */
  readonly serveEnvironment?: NodeJS.ProcessEnv;
  /** Where the database is, unless in `folder`. */
  readonly databasePath?: string;
  /** Lines of server.toml. */
  readonly settings?: string;
}

const START_MS = 120_000;
/** As the unit has it. */
const STOP_MS = 20_000;

/** A real server with a database on disk, on a port of the loopback, that may be killed and started again. */
export class FaultyServer {
  readonly url: string;
  /** Of one host each, `host-0000` and so on. */
  readonly tokens: readonly string[];
  readonly password = 'of a test of faults';
  readonly databasePath: string;
  readonly folder: string;
  readonly #options: ServerOptions;
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;

  private constructor(options: ServerOptions, port: number, tokens: readonly string[]) {
    this.#options = options;
    this.#environment = environmentOf(options, port);
    this.folder = options.folder;
    this.databasePath = databaseOf(options);
    this.url = `http://127.0.0.1:${port}`;
    this.tokens = tokens;
    process.once('exit', () => this.#child?.kill('SIGKILL'));
  }

  /** Makes the database and registers the hosts; nothing runs yet. */
  static async prepare(options: ServerOptions): Promise<FaultyServer> {
    const { folder, program, settings = '' } = options;
    mkdirSync(join(folder, 'web/assets'), { recursive: true });
    const isPackaged = program.length === 1;
    const development = isPackaged
      ? ''
      : `[development]\nweb_folder = ${JSON.stringify(join(folder, 'web'))}\n`;
    writeFileSync(configOf(options), `${settings}\n${development}`);
    const port = await freePort();
    await makeDatabase(options, port);
    const tokens = await registerHosts(databaseOf(options), options.hosts, 'of a test of faults');
    return new FaultyServer(options, port, tokens);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  get log(): string {
    return readFileSync(join(this.folder, 'server.log'), 'utf8');
  }

  /**
   * @param isReady asks until it is so; otherwise until `/readyz` says that samples can be stored
   * @throws Error with the end of the log when that takes too long
   */
  async start(isReady: () => Promise<boolean> = () => this.isReady()): Promise<void> {
    const log = openSync(join(this.folder, 'server.log'), 'a');
    const { program, wrapper = [] } = this.#options;
    const [first = '', ...rest] = [...wrapper, ...program, 'serve', '--config', configOf(this.#options)];
    const child = spawn(first, rest, {
      env: { ...this.#environment, ...this.#options.serveEnvironment },
      stdio: ['ignore', log, log],
    });
    this.#child = child;
    for (const endMs = Date.now() + START_MS; Date.now() < endMs && this.isRunning; await pause(50))
      if (await isReady()) return;
    await this.kill();
    throw new Error(`the server did not start. Its log:\n${this.log.slice(-2_000)}`);
  }

  async isReady(): Promise<boolean> {
    return (await this.answer('/readyz')).status === 200;
  }

  async answer(path: string): Promise<{ status: number; body: string }> {
    try {
      const response = await fetch(`${this.url}${path}`);
      return { status: response.status, body: await response.text() };
    } catch {
      return { status: 0, body: '' };
    }
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As `systemctl stop` does. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Runs a command of the server's beside it. */
  command(...args: readonly string[]): Promise<CommandResult> {
    const [program, ...before] = this.#options.program;
    const [name = '', ...rest] = args;
    return attempt(program, [...before, name, '--config', configOf(this.#options), ...rest], {
      environment: this.#environment,
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(impatience);
  }
}

/** The package's own command and Node, unpacked to a folder. */
export async function unpackedProgram(packagePath: string, folder: string): Promise<ServerProgram> {
  await command('dpkg-deb', ['--extract', packagePath, folder]);
  const path = join(folder, 'usr/bin/proxmox-monitor-server');
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('/usr/lib/', `${folder}/usr/lib/`));
  return [path];
}

/**
 * The sources, with this process's Node. As one file, as in the package: so it starts in a third of the time.
 * @param folder an empty one, below the repository, where Node finds the modules with native parts
 */
export async function bundledProgram(folder: string): Promise<ServerProgram> {
  const { code } = await bundleServer();
  const path = join(folder, 'server.mjs');
  writeFileSync(path, code);
  symlinkSync(defaultMigrationsFolder(), join(folder, 'migrations'));
  return [process.execPath, path];
}

function configOf({ folder }: ServerOptions): string {
  return join(folder, 'server.toml');
}

function databaseOf({ folder, databasePath }: ServerOptions): string {
  return databasePath ?? join(folder, 'monitor.db');
}

function environmentOf(options: ServerOptions, port: number): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    DATABASE_PATH: databaseOf(options),
    SECRET_KEY_BASE: 'of-a-test-of-faults-that-nobody-can-reach-from-outside',
    PORT: String(port),
  };
}

/** By the packaged command; of the sources without a process of its own, which would take seconds. */
async function makeDatabase(options: ServerOptions, port: number): Promise<void> {
  const [program, ...args] = options.program;
  if (args.length > 0) {
    await migrate(databaseOf(options), readMigrations(defaultMigrationsFolder()), { clock: systemClock });
    return;
  }
  await command(program, ['migrate', '--config', configOf(options)], {
    environment: environmentOf(options, port),
  });
}

/** With the server's own functions: hundreds of calls of its command would take minutes. */
async function registerHosts(path: string, hosts: number, password: string): Promise<string[]> {
  const database = openDatabase(path);
  try {
    setPassword(database, systemClock, await hashPassword(password));
    return database.transaction(() =>
      Array.from(
        { length: hosts },
        (_, number) => registerHost(database, systemClock, hostName(number)).token,
      ),
    );
  } finally {
    database.$client.close();
  }
}

export function hostName(number: number): string {
  return `host-${String(number).padStart(4, '0')}`;
}
