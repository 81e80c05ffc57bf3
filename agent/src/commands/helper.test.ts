import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { SmartDocument, Source } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { collectors } from '../collectors/index.ts';
import { smart } from '../collectors/smart.ts';
import { asTheAgentSees } from '../helper/as-the-agent-sees.ts';
import { HELPER_FOLDER } from '../helper/left-behind.ts';
import { Host } from '../host.ts';
import { runOnce } from '../run-once.ts';
import { recorded } from '../smart/testing.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { runHelper } from './helper.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A host with one disk that smartctl knows. */
function hostWithDisk(script?: string): RecordedHost {
  const host = new RecordedHost().files({
    '/sys/block/sdb/size': '524288\n',
    '/scan.json': recorded('qemu-smartctl-7.4/scan-open.json').replaceAll(/nvme0|sda/g, 'sdb'),
    '/disk.json': recorded('qemu-smartctl-7.4/sdb.json'),
    '/agent.toml': '',
  });
  return host.program(
    '/usr/sbin/smartctl',
    `echo "$*" >> ${host.path('/calls')}
    case "$*" in *scan*) cat ${host.path('/scan.json')} ;; *) ${script ?? `cat ${host.path('/disk.json')}; exit 4`} ;; esac`,
  );
}

interface Ran {
  readonly code: number;
  readonly said: string;
}

const RELOOK_MS = 20;

async function help(host: RecordedHost, ...only: string[]): Promise<Ran> {
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const options = {
    only,
    state: host.path('/var/lib/helper'),
    output: host.path(HELPER_FOLDER),
    config: host.path('/agent.toml'),
    root: host.root,
  };
  const code = await runHelper(options, RELOOK_MS);
  const said = err.mock.calls.map(([text]) => String(text)).join('');
  vi.restoreAllMocks();
  return { code, said };
}

function left(host: RecordedHost, name = 'smart'): { source: Source; document: unknown; everyMs: number } {
  const parsed: unknown = JSON.parse(readFileSync(host.path(`${HELPER_FOLDER}/${name}.json`), 'utf8'));
  const field = (key: string): unknown => Reflect.get(Object(parsed), key);
  return {
    source: Value.Parse(Source, field('source')),
    document: field('document'),
    everyMs: Number(field('everyMs')),
  };
}

/** Makes what was left behind look older, or changes it otherwise. */
function alter(host: RecordedHost, change: (left: { source: Source; document: unknown }) => object): void {
  const path = host.path(`${HELPER_FOLDER}/smart.json`);
  writeFileSync(path, JSON.stringify({ ...left(host), ...change(left(host)) }));
}

function markOf(host: RecordedHost, name: string): string {
  return String(
    Reflect.get(Object(JSON.parse(readFileSync(host.path(`${HELPER_FOLDER}/${name}.json`), 'utf8'))), 'mark'),
  );
}

const [agentSmart] = asTheAgentSees([smart]);

/** What the unprivileged agent makes of it: of this host, with the folder of a recorded one. */
async function agentSees(host: Host) {
  if (agentSmart === undefined) throw new Error('there is no such collector');
  return await runOnce(agentSmart, host, systemClock);
}

/** This host, but for what the helper left behind. */
class Here extends Host {
  readonly #left: RecordedHost;

  constructor(recordedHost: RecordedHost) {
    super('/');
    this.#left = recordedHost;
  }

  override read(path: string): Promise<string | undefined> {
    return this.#left.read(path);
  }

  override has(path: string): Promise<boolean> {
    return this.#left.has(path);
  }

  override link(path: string): Promise<string | undefined> {
    return this.#left.link(path);
  }

  override modifiedMs(path: string): Promise<number | undefined> {
    return this.#left.modifiedMs(path);
  }
}

describe('what the helper sees', () => {
  test('is left for the group of the agent, and the agent passes it on with its age', async () => {
    const host = hostWithDisk();
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    expect(await help(host)).toEqual({ code: 0, said: '' });
    expect(statSync(host.path(`${HELPER_FOLDER}/smart.json`)).mode & 0o777).toBe(0o640);
    expect(readdirSync(host.path(HELPER_FOLDER)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const { document, source } = await agentSees(new Here(host));
    expect(source).toEqual(left(host).source);
    expect(Value.Parse(SmartDocument, document).disks).toMatchObject([{ serial: 'SATA0001', state: 'ok' }]);
  });

  test('is told again only when it is due or asked for by name', async () => {
    const host = hostWithDisk();
    const calls = (): number => readFileSync(host.path('/calls'), 'utf8').trimEnd().split('\n').length;
    await help(host);
    expect(calls()).toBe(2);
    await help(host);
    expect(calls()).toBe(2);
    await help(host, 'smart');
    expect(calls()).toBe(3);
    alter(host, ({ source }) => ({ source: { ...source, checkedAtMs: source.checkedAtMs - 29 * 60_000 } }));
    await help(host);
    expect(calls()).toBe(4);
    alter(host, ({ source }) => ({ source: { ...source, checkedAtMs: source.checkedAtMs + 86_400_000 } }));
    await help(host);
    expect(calls()).toBe(5);
  });

  test('remembers what it needs: increases tell of a second run, and an unchanged state is not written', async () => {
    const host = hostWithDisk();
    const baselines = host.path('/var/lib/helper/smart-baselines.json');
    await help(host, 'smart');
    const written = statSync(baselines).mtimeMs;
    await help(host, 'smart');
    expect(statSync(baselines).mtimeMs).toBe(written);
    const disk = readFileSync(host.path('/disk.json'), 'utf8');
    host.files({ '/disk.json': disk.replace(/("id": 5,[\s\S]*?"string": )"0"/, '$1"3"') });
    await help(host, 'smart');
    expect(Value.Parse(SmartDocument, left(host).document).disks).toMatchObject([
      { increases: [{ counter: 'reallocatedSectors', from: 0, to: 3 }] },
    ]);
  });

  test('a source that fails is told in its file, once in the log, and when it is well again', async () => {
    const host = hostWithDisk();
    await help(host, 'smart');
    host.files({ '/scan.json': 'nonsense' }).files({ '/sys/block/sdc/size': '8\n' });
    expect(await help(host, 'smart')).toEqual({
      code: 0,
      said: expect.stringMatching(/^source smart failed: smartctl's list .*\n$/),
    });
    expect(await help(host, 'smart')).toEqual({ code: 0, said: '' });
    const { document, source } = await agentSees(new Here(host));
    expect(document).toBeUndefined();
    expect(source).toMatchObject({ state: 'failed', succeededAtMs: expect.any(Number) });
  });

  test('is nothing of what agent.toml disables', async () => {
    const host = hostWithDisk().files({ '/agent.toml': '[collectors]\ndisabled = ["smart"]\n' });
    await help(host);
    expect(await host.has('/calls')).toBe(false);
    expect(await host.has(`${HELPER_FOLDER}/smart.json`)).toBe(false);
  });

  test('comes no more often than agent.toml says, and is old only then', async () => {
    const host = hostWithDisk().files({ '/agent.toml': '[collectors.smart]\nevery_seconds = 7200\n' });
    await help(host);
    expect(left(host).everyMs).toBe(7_200_000);
    alter(host, ({ source }) => ({ source: { ...source, checkedAtMs: source.checkedAtMs - 4 * 3_600_000 } }));
    expect((await agentSees(new Here(host))).source).toMatchObject({ state: 'ok' });
  });
});

test.each([
  [['zfs'], /^the helper has no "zfs"; it has .*smart/],
  [['cpu'], /^the helper has no "cpu"/],
])('%j is refused', async (only, said) => {
  const host = hostWithDisk();
  expect(await help(host, ...only)).toEqual({ code: 2, said: expect.stringMatching(said) });
});

test('a configuration that cannot be used is told, and nothing is done against it', async () => {
  const host = hostWithDisk().files({ '/agent.toml': 'nonsense' });
  const { code, said } = await help(host);
  expect(code).toBeGreaterThan(0);
  expect(said).toContain('/agent.toml');
  expect(await host.has('/calls')).toBe(false);
});

test('a folder that cannot be written to is told, and the command fails', async () => {
  const host = hostWithDisk().files({ [`${HELPER_FOLDER}/smart.json/file`]: '' });
  expect(await help(host)).toMatchObject({
    code: 1,
    said: expect.stringContaining('what smart says cannot be left'),
  });
});

test.each([['while a slow disk is waited for'], ['just before the end']])(
  'a backup that ends %s is told by the same run',
  async (when) => {
    const isEarly = when.startsWith('while');
    const index = '/var/log/pve/tasks/index';
    const host = hostWithDisk(`touch -d @2 ${'$'}{0%/usr*}${index}; ${isEarly ? 'sleep 0.5; ' : ''}exit 2`);
    host.files({ [index]: '' });
    utimesSync(host.path(index), 1, 1);
    const marks: string[] = [];
    const running = help(host).finally(() => marks.push('end'));
    while (marks.at(-1) !== 'end') {
      await new Promise((resolve) => setTimeout(resolve, 10));
      const mark = existsSync(host.path(`${HELPER_FOLDER}/pveGuestBackups.json`))
        ? markOf(host, 'pveGuestBackups')
        : undefined;
      if (mark !== undefined && mark !== marks.at(-1) && marks.at(-1) !== 'end') marks.push(mark);
    }
    await running;
    if (isEarly) expect(marks).toEqual(['1000', '2000', 'end']);
    expect(markOf(host, 'pveGuestBackups')).toBe('2000');
  },
);

describe('the agent', () => {
  test('says what to look at when the helper has not run, and whether there is one', async () => {
    expect((await agentSees(new Here(new RecordedHost()))).source).toMatchObject({
      state: 'absent',
      reason: 'the helper, which may look at it, is not installed',
    });
    const timer = '/usr/lib/systemd/system/proxmox-monitor-agent-helper.timer';
    const wanted = '/etc/systemd/system/timers.target.wants/proxmox-monitor-agent-helper.timer';
    const disabled = new RecordedHost().files({ [timer]: '' });
    expect((await agentSees(new Here(disabled))).source).toMatchObject({
      state: 'absent',
      reason: expect.stringMatching(/^the helper is switched off: systemctl enable --now /),
    });
    expect((await agentSees(new Here(disabled.symlink(wanted, timer)))).source).toMatchObject({
      state: 'absent',
      reason: 'the helper has not run: systemctl status proxmox-monitor-agent-helper.timer',
    });
    for (const unit of ['proxmox-monitor-agent-helper.service', 'proxmox-monitor-agent-helper.timer']) {
      const host = new RecordedHost().symlink(`/etc/systemd/system/${unit}`, '/dev/null');
      expect((await agentSees(new Here(host.files({ [timer]: '' })))).source).toMatchObject({
        state: 'absent',
        reason: `the helper is masked: systemctl unmask ${unit}`,
      });
    }
  });

  test('calls old what is old, and passes it on', async () => {
    const host = hostWithDisk();
    await help(host);
    alter(host, ({ source }) => ({ source: { ...source, checkedAtMs: source.checkedAtMs - 76 * 60_000 } }));
    const { document, source } = await agentSees(new Here(host));
    expect(document).toBeDefined();
    expect(source).toMatchObject({
      state: 'stale',
      checkedAtMs: left(host).source.checkedAtMs,
      reason: expect.stringMatching(/^the helper last ran 1 h 16 min ago: systemctl status/),
    });
  });

  test('of a recorded host takes it for fresh', async () => {
    const host = hostWithDisk();
    await help(host);
    alter(host, ({ source }) => ({ source: { ...source, checkedAtMs: 1_700_000_000_000 } }));
    expect((await agentSees(host)).source).toMatchObject({ state: 'ok', checkedAtMs: 1_700_000_000_000 });
  });

  test.each([
    ['', 'is not JSON'],
    ['{}', 'makes no sense'],
    ['[]', 'makes no sense'],
  ])('believes nothing that the helper would not have written: %j', async (text, reason) => {
    const host = new RecordedHost().files({ [`${HELPER_FOLDER}/smart.json`]: text });
    expect((await agentSees(new Here(host))).source).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(reason),
    });
  });

  test.each([
    ['a document of another kind', { document: { disks: [{ device: 5 }] } }],
    ['a document without end', { document: { disks: Array.from({ length: 2_000 }, () => ({})) } }],
    ['no document where there was one', { document: undefined }],
    ['a source that is none', { source: { state: 'fine' } }],
  ])('believes nothing that the schema does not allow: %s', async (_, change) => {
    const host = hostWithDisk();
    await help(host);
    alter(host, () => change);
    const { document, source } = await agentSees(new Here(host));
    expect(document).toBeUndefined();
    expect(source).toMatchObject({ state: 'failed' });
  });

  test('takes notice at once of what is new', async () => {
    const host = hostWithDisk();
    const here = new Here(host);
    const none = await agentSmart?.changeMark?.(here);
    await help(host);
    expect(await agentSmart?.changeMark?.(here)).not.toBe(none);
  });
});

test('a program that a helper gave up on is not started a second time by the next one', async () => {
  // What survives SIGKILL is in D state; here it is a process that another helper is said to have started.
  const survivor = spawn('sleep', ['60']);
  onTestFinished(() => void survivor.kill('SIGKILL'));
  const host = hostWithDisk();
  const stat = readFileSync(`/proc/${survivor.pid}/stat`, 'utf8');
  const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const key = `${host.path('/usr/sbin/smartctl')} /dev/sdb `;
  const stragglers = `${HELPER_FOLDER}/stragglers.json`;
  host.files({ [stragglers]: JSON.stringify([{ key, pid: survivor.pid, startTicks }]) });
  await help(host);
  expect(left(host).document).toMatchObject({
    disks: [
      { state: 'stuck', reason: `smartctl (pid ${survivor.pid}) was given up on and has not ended yet` },
    ],
  });
  expect(readFileSync(host.path('/calls'), 'utf8')).toBe('--scan-open -j\n');
  expect(JSON.parse(readFileSync(host.path(stragglers), 'utf8'))).toEqual([
    { key, pid: survivor.pid, startTicks },
  ]);
  const ended = new Promise((resolve) => survivor.once('exit', resolve));
  survivor.kill('SIGKILL');
  await ended;
  await help(host, 'smart');
  expect(left(host).document).toMatchObject({ disks: [{ state: 'ok' }] });
  expect(JSON.parse(readFileSync(host.path(stragglers), 'utf8'))).toEqual([]);
});

test('the program itself does it, and does not speak of it in its help', async () => {
  const host = hostWithDisk();
  chmodSync(host.root, 0o755);
  const main = join(import.meta.dirname, '../main.ts');
  const run = (...args: string[]): Promise<{ code: number | null; out: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [main, ...args], { env: {} });
      let out = '';
      child.stdout.on('data', (data: Buffer) => (out += String(data)));
      child.stderr.on('data', (data: Buffer) => (out += String(data)));
      child.on('close', (code) => resolve({ code, out }));
    });
  const folders = ['--state', host.path('/state'), '--output', host.path('/output')];
  expect(await run('helper', ...folders, '--config', host.path('/agent.toml'), '--root', host.root)).toEqual({
    code: 0,
    out: '',
  });
  expect(readdirSync(host.path('/output'))).toContain('smart.json');
  expect((await run('--help')).out).not.toContain('helper');
});

test('a collector belongs to the helper only when it needs root or more memory than the agent may have', () => {
  expect(collectors.filter(({ runsIn }) => runsIn === 'helper').map(({ name }) => name)).toEqual([
    'zfsDamagedFiles',
    'smart',
    'upkeep',
    'certificates',
    'pveGuestBackups',
    'pbs',
  ]);
});
