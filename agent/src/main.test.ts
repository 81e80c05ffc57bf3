import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeServer } from './testing/fake-server.ts';
import { certificateFile, testToken, tlsOf } from './testing/fixtures.ts';
import { VERSION } from './version.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const cleanups: (() => unknown)[] = [];
let folder: string;
let config: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-main-'));
  config = join(folder, 'agent.toml');
  mkdirSync(join(folder, 'root'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the agent's program and stops it as systemd does once it has said `stopAfter` on standard error. */
function agent(args: readonly string[], stopAfter?: string, env = {}): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString('utf8');
    if (stopAfter !== undefined && err.includes(stopAfter) && !child.killed) child.kill('SIGTERM');
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

function configure(url: string): void {
  writeFileSync(join(folder, 'agent.token'), `${testToken.secret}\n`);
  writeFileSync(config, `[server]\nurl = "${url}"\nca_file = "${certificateFile('authority')}"\n`);
}

/** A server that answers `check` as a real one does. */
async function answering(
  status: number,
  headers: Record<string, string> = {},
): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer(tlsOf('server'), (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.writeHead(status, { connection: 'close', ...headers }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return { url: `https://localhost:${address.port}`, seen };
}

describe('the command line', () => {
  test('prints its version', async () => {
    expect(await agent(['--version'])).toEqual({ code: 0, out: `${VERSION}\n`, err: '' });
  });

  test.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['chek'], 'Did you mean check?'],
    [['run', '--confg', 'x'], "unknown option '--confg'"],
    [['config', 'extra'], 'too many arguments'],
    [[], 'Usage: proxmox-monitor-agent'],
  ])('%j is refused with 2 and a word of help', async (args, message) => {
    const { code, out, err } = await agent(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

describe('an agent that nobody has configured', () => {
  beforeEach(() => writeFileSync(config, ''));

  test.each([[['run']], [['check', '--offline', '--quiet']]])(
    'ends %j with 77 and one line of what to type',
    async (args) => {
      const { code, out, err } = await agent([...args, '--config', config]);
      expect({ code, out }).toEqual({ code: 77, out: '' });
      expect(err).toMatch(
        /^not configured: no server address and no token yet\. Type "dpkg-reconfigure .*\n$/,
      );
    },
  );

  test('still shows its configuration', async () => {
    const { code, out } = await agent(['config', '--config', config]);
    expect(code).toBe(0);
    expect(out).toContain('# server.url is not set\n');
  });
});

test.each([[['run']], [['check']], [['check', '--offline', '--quiet']], [['config']]])(
  'a configuration that cannot be used ends %j with 78 and the place',
  async (args) => {
    writeFileSync(config, '[server]\nulr = "x"\n');
    const { code, out, err } = await agent([...args, '--config', config]);
    expect(code).toBe(78);
    expect(out + err).toContain(`${config}:2: unknown key "server.ulr"; did you mean "server.url"?`);
  },
);

test('config prints every value with its place, and not the token', async () => {
  configure('https://monitor.example.org');
  const { code, out, err } = await agent(['config', '--config', config]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`server.url = "https://monitor.example.org"  # ${config}:2\n`);
  expect(out).toContain(`token = ${testToken.display}  # ${join(folder, 'agent.token')}\n`);
  expect(out).not.toContain(testToken.secret);
});

describe('check', () => {
  const check = (...args: string[]): Promise<Ended> =>
    agent(['check', '--config', config, '--root', join(folder, 'root'), ...args]);

  test('ends with 0 when everything is in order, without an upgrade', async () => {
    const { url, seen } = await answering(426);
    configure(url);
    const { code, out, err } = await check();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(seen).toEqual([`GET /agent/v1/connect Bearer ${testToken.secret}`]);
    for (const step of ['config', 'name', 'TLS', 'token', 'clock', 'load'])
      expect(out).toMatch(new RegExp(`^ok +${step} `, 'm'));
    expect(out).toContain('certificate "localhost" by "Test intermediate", expires 2099-12-31');
    expect(out).not.toContain(testToken.secret);
  });

  test('ends with 1 when the server does not take the token', async () => {
    configure((await answering(401)).url);
    const { code, out } = await check();
    expect(code).toBe(1);
    expect(out).toMatch(/^FAIL +token +the server does not accept the token \(unknown or revoked\)/m);
  });

  test('ends with 1 when the server cannot be reached', async () => {
    configure('https://localhost:1');
    const { code, out } = await check();
    expect(code).toBe(1);
    expect(out).toMatch(/^FAIL +TLS +connection refused by localhost:1/m);
  });

  test('tells that the clock is a day off', async () => {
    const date = new Date(Date.now() + 24 * 3_600_000).toUTCString();
    configure((await answering(426, { date })).url);
    expect((await check()).out).toMatch(/^warn +clock +(23 h 59 min|1 d) behind the server's: check time/m);
  });

  test('says what waits for the server, and how much may', async () => {
    configure((await answering(426)).url);
    writeFileSync(config, `${readFileSync(config, 'utf8')}[spool]\ndays = 2\nmegabytes = 16\n`);
    const state = { STATE_DIRECTORY: folder };
    const ask = async (): Promise<string> =>
      (await agent(['check', '--config', config, '--root', join(folder, 'root')], undefined, state)).out;
    expect(await ask()).toContain(`ok    spool        nothing waits in ${folder}; at most 2 days or 16 MiB`);
    writeFileSync(join(folder, 'spool.db'), Buffer.alloc(1_300_000));
    expect(await ask()).toContain(`1.2 MiB of samples wait for the server in ${folder}`);
  });

  test('asks nobody and says nothing when it is offline, quiet and content', async () => {
    configure('https://no-such-host.invalid');
    expect(await check('--offline', '--quiet')).toEqual({ code: 0, out: '', err: '' });
  });
});

test('run connects, sends, and ends on SIGTERM with 0', async () => {
  const server = await FakeServer.listen({ tls: tlsOf('server') });
  cleanups.push(() => server.kill());
  configure(server.address('localhost').display);
  const running = agent(['run', '--config', config, '--root', join(folder, 'root')], 'connected to');
  const peer = await server.peer();
  expect(await peer.frames.next()).toMatchObject({ type: 'hello', agentVersion: VERSION });
  peer.welcome(1, Date.now());
  const { code, err } = await running;
  expect(await peer.closed).toEqual({ code: 1000, reason: 'the agent stops' });
  expect(code).toBe(0);
  expect(err).toBe(
    `agent ${VERSION} starts server=${server.address('localhost').display} token="${testToken.display}"\n` +
      `connected to ${server.address('localhost').display} as pve-07\n` +
      'agent stops signal=SIGTERM\n',
  );
});
