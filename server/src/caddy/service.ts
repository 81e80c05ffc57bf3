import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { CaddySetupError } from './errors.ts';
import { run } from './run.ts';

const UNIT = 'caddy.service';
/** A configuration that cannot be run may take a moment to fail. */
const SETTLE_MS = 500;

/** Caddy's service as systemd sees it. */
export interface CaddyService {
  readonly isActive: boolean;
  /** What Caddy runs with, for trying a configuration: it may name variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  /** Makes Caddy take its configuration anew, or starts it. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param caddyfile which the service must read
 * @throws CaddySetupError when there is none, or it reads another file
 */
export async function findCaddyService(caddyfile: string): Promise<CaddyService> {
  if ((await run('caddy', ['version'])).code === 127) {
    throw new CaddySetupError('Caddy is not installed: apt install caddy, then try again');
  }
  const names = ['LoadState', 'ActiveState', 'MainPID', 'User', 'ExecStart'];
  const shown = await run('systemctl', ['show', UNIT, `--property=${names.join(',')}`]);
  if (shown.code !== 0) {
    throw new CaddySetupError(
      `systemd does not answer (${shown.stderr}): Caddy cannot be told to take a site`,
    );
  }
  const properties = new Map(
    shown.stdout.split('\n').map((line): [string, string] => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
  const load = properties.get('LoadState');
  if (load === 'masked')
    throw new CaddySetupError(`${UNIT} is masked: systemctl unmask caddy, then try again`);
  if (load !== 'loaded') throw new CaddySetupError(`there is no ${UNIT}: is this Debian's package of Caddy?`);
  const command = properties.get('ExecStart') ?? '';
  if (!command.includes(` ${caddyfile}`)) {
    throw new CaddySetupError(
      `${UNIT} does not read ${caddyfile} (systemctl cat caddy shows what it reads): write the site by hand, ` +
        'as docs/reverse-proxy.md says',
    );
  }
  const isActive = properties.get('ActiveState') === 'active';
  return {
    isActive,
    environment: isActive ? environmentOf(Number(properties.get('MainPID'))) : {},
    user: await idsOf(properties.get('User') ?? ''),
    reload: () => (isActive ? reload('reload') : reload('start')),
    stop: async () => {
      await run('systemctl', ['stop', UNIT]);
    },
  };
}

async function reload(verb: 'reload' | 'start'): Promise<void> {
  const since = Math.floor(Date.now() / 1000);
  const { code, stderr } = await run('systemctl', [verb, UNIT]);
  await pause(SETTLE_MS);
  const isActive = (await run('systemctl', ['is-active', '--quiet', UNIT])).code === 0;
  if (code === 0 && isActive) return;
  const errors = (await caddyLog(since)).filter((line) => /^Error: /.test(line));
  throw new CaddySetupError(`Caddy did not take it: ${errors.at(-1)?.replace(/^Error: /, '') ?? stderr}`);
}

/** What Caddy logged since then, in seconds. */
export async function caddyLog(since: number): Promise<string[]> {
  const { stdout } = await run('journalctl', [
    `--unit=${UNIT}`,
    `--since=@${since}`,
    '--output=cat',
    '--no-pager',
  ]);
  return stdout.split('\n');
}

function environmentOf(pid: number): Record<string, string> {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .filter(
        (entry) =>
          entry.includes('=') && !/^(?:NOTIFY_SOCKET|LISTEN_|INVOCATION_ID|JOURNAL_STREAM)/.test(entry),
      )
      .map((entry): [string, string] => [
        entry.slice(0, entry.indexOf('=')),
        entry.slice(entry.indexOf('=') + 1),
      ]);
    return Object.fromEntries(entries);
  } catch {
    // it has just ended: the Caddyfile is tried without its variables
    return {};
  }
}

async function idsOf(user: string): Promise<{ uid: number; gid: number } | undefined> {
  if (user === '' || user === 'root') return undefined;
  const uid = await run('id', ['-u', user]);
  const gid = await run('id', ['-g', user]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
