import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Program, runToEnd } from './program.ts';
import { answers, isLive, logIn } from './visitor.ts';

/*
 * Server and agent on this machine, from source: a database in a temporary folder, a free port on the loopback, no
 * TLS. Everything is gone when it ends.
 */
const ROOT = join(import.meta.dirname, '../..');
const SERVER = join(ROOT, 'server/src/main.ts');
const AGENT = join(ROOT, 'agent/src/main.ts');
const INSTALLED_SETTINGS = '/etc/default/proxmox-monitor';
const START_TIMEOUT_MS = 60_000;

const say = (line: string): void => console.log(line);

interface Demo {
  readonly folder: string;
  readonly url: string;
  readonly password: string;
  readonly host: string;
  /** Options of every command of the server. */
  readonly options: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

async function prepare(folder: string): Promise<Demo> {
  if (isReadable(INSTALLED_SETTINGS)) {
    throw new Error(
      `the server's package is installed here, and its ${INSTALLED_SETTINGS} would count for the demo too: ` +
        'run the demo as another user than root',
    );
  }
  const port = await freePort();
  const web = join(folder, 'web');
  say('building the dashboard');
  await runToEnd([join(ROOT, 'server/web/build.ts'), web], process.env);
  const config = join(folder, 'server.toml');
  writeFileSync(config, `[development]\nweb_folder = ${JSON.stringify(web)}\n`);
  const demo: Demo = {
    folder,
    url: `http://127.0.0.1:${port}`,
    password: randomBytes(9).toString('base64url'),
    host: hostName(),
    options: ['--config', config],
    environment: {
      ...process.env,
      DATABASE_PATH: join(folder, 'monitor.db'),
      SECRET_KEY_BASE: randomBytes(48).toString('base64'),
      PORT: String(port),
    },
  };
  await server(demo, ['migrate']);
  await server(demo, ['set-password', '--stdin'], `${demo.password}\n`);
  return demo;
}

/** Runs a command of the server to its end. */
function server(demo: Demo, command: readonly string[], input?: string): Promise<string> {
  return runToEnd([SERVER, ...command, ...demo.options], demo.environment, input);
}

/** Registers this machine and writes the agent's configuration; returns its file. */
async function registerThisMachine(demo: Demo): Promise<string> {
  const token = /pma_\w+/.exec(await server(demo, ['register-host', demo.host]))?.[0];
  if (token === undefined) throw new Error('register-host printed no token');
  const config = join(demo.folder, 'agent.toml');
  writeFileSync(config, `[server]\nurl = "${demo.url}"\n`);
  writeFileSync(join(demo.folder, 'agent.token'), `${token}\n`, { mode: 0o600 });
  return config;
}

async function run(folder: string, programs: Program[], ending: Promise<void>): Promise<void> {
  const demo = await prepare(folder);
  say('starting the server');
  const monitor = start(programs, 'server', [SERVER, 'serve', ...demo.options], demo);
  await until('the server answers', [monitor, ending], () => answers(`${demo.url}/readyz`));
  const config = await registerThisMachine(demo);
  say('starting the agent');
  const agent = start(programs, 'agent', [AGENT, 'run', '--config', config], demo);
  const cookie = await logIn(demo.url, demo.password);
  await until('this machine is on the dashboard', [monitor, agent, ending], () =>
    isLive(demo.url, cookie, demo.host),
  );
  say(`\n  This machine, live:  ${demo.url}/hosts/${demo.host}`);
  say(`  Password:            ${demo.password}`);
  say(`\nLogs are in ${demo.folder}. Ctrl-C ends everything and leaves nothing.`);
  await Promise.race([ending, monitor.ended(), agent.ended()]);
}

function start(programs: Program[], name: string, args: readonly string[], demo: Demo): Program {
  const program = new Program(name, args, demo.environment, join(demo.folder, `${name}.log`));
  programs.push(program);
  return program;
}

/** @throws Error when the time is up, or when a program on the way ends */
async function until(
  what: string,
  during: readonly (Program | Promise<void>)[],
  ask: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const asking = async (): Promise<void> => {
    while (!(await ask())) {
      if (Date.now() > deadline) throw new Error(`${what}: not within ${START_TIMEOUT_MS / 1000} s`);
      await pause(200);
    }
  };
  const others = during.map((other) => (other instanceof Program ? other.ended() : other.then(interrupted)));
  await Promise.race([asking(), ...others]);
}

/** Ctrl-C before everything stood is no failure. */
class InterruptedError extends Error {
  override name = 'InterruptedError';
}

function interrupted(): never {
  throw new InterruptedError();
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** What the machine calls itself, within what a registered host may be called. */
function hostName(): string {
  const name = hostname()
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 63);
  return name.replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '') || 'this-machine';
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const folder = mkdtempSync(join(tmpdir(), 'proxmox-monitor-demo-'));
const programs: Program[] = [];
const ending = new Promise<void>((resolve) => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => resolve());
});
try {
  await run(folder, programs, ending);
} catch (error) {
  if (!(error instanceof InterruptedError)) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
} finally {
  // The agent first: it says good-bye to a server that still listens.
  for (const program of programs.reverse()) await program.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
