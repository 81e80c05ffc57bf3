import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, command } from '../e2e/bed/command.ts';
import type { Packages } from '../e2e/packages.ts';
import { Daemon } from './daemon.ts';
import { HOSTS_FILE } from './replay/sys.ts';

/** Where Caddy waits for the agent. */
export const TLS_PORT = 8443;
const URL = `https://monitor.test:${TLS_PORT}`;
/** Nobody, in the group that reads what the helper leaves behind. */
const AGENT_GROUP = 65534;
export const AGENT_USER = `65534:${AGENT_GROUP}`;
export const HELPER_USER = `0:${AGENT_GROUP}`;
export const AGENT = '/usr/bin/proxmox-monitor-agent';
export const HELPER_CALL = [
  AGENT,
  'helper',
  ...['--state', '/var/lib/proxmox-monitor-agent-helper'],
  ...['--output', '/run/proxmox-monitor-agent-helper'],
];
const CADDYFILE = `{
	admin off
	skip_install_trust
}
${URL} {
	tls internal
	import /usr/share/proxmox-monitor-server/site.caddy
}
`;
const AUTHORITY = '/var/lib/caddy/pki/authorities/local/root.crt';

/** A root folder on top of an image, which stays as it is. */
export async function layOver(image: string, folder: string): Promise<string> {
  const paths = ['upper', 'work', 'root'].map((name) => join(folder, name));
  for (const path of paths) mkdirSync(path, { recursive: true });
  const [upper, work, root] = paths;
  await command('mount', [
    '-t',
    'overlay',
    'overlay',
    '-o',
    `lowerdir=${image},upperdir=${upper},workdir=${work}`,
    root ?? '',
  ]);
  return root ?? '';
}

export interface Server {
  readonly daemons: readonly Daemon[];
  /** Of the one host that is registered. */
  readonly token: string;
  readonly authority: string;
}

/** The packaged server behind Debian's Caddy with the site that the package ships. */
export async function startServer(root: string, packages: Packages, logs: string): Promise<Server> {
  await command('dpkg-deb', ['--extract', packages.server, root]);
  for (const path of ['/dev', '/proc']) await command('mount', ['--rbind', path, join(root, path)]);
  mkdirSync(join(root, 'var/log/caddy'), { recursive: true });
  writeFileSync(join(root, 'etc/hosts'), HOSTS_FILE);
  writeFileSync(join(root, 'Caddyfile'), CADDYFILE);
  const environment = {
    DATABASE_PATH: '/var/lib/monitor.db',
    SECRET_KEY_BASE: 'of-a-measurement-that-nobody-can-reach-from-outside',
    PUBLIC_HOST: `monitor.test:${TLS_PORT}`,
  };
  const server = '/usr/bin/proxmox-monitor-server';
  const once = (...args: string[]): Promise<string> =>
    command('chroot', [root, server, ...args], {
      environment: { PATH: '/usr/sbin:/usr/bin', ...environment },
    });
  await once('migrate');
  const monitor = new Daemon('server', root, '0:0', [server, 'serve'], join(logs, 'server.log'), environment);
  await monitor.until(
    'answers',
    async () => (await attempt('curl', ['-sf', 'http://127.0.0.1:4000/readyz'])).code === 0,
  );
  const token = /pma_\w+/.exec(await once('register-host', 'replayed'))?.[0];
  if (token === undefined) throw new Error('register-host printed no token');
  const call = ['/usr/bin/caddy', 'run', '--config', '/Caddyfile', '--adapter', 'caddyfile'];
  const caddy = new Daemon('caddy', root, '0:0', call, join(logs, 'caddy.log'), {
    XDG_DATA_HOME: '/var/lib',
  });
  const authority = join(root, AUTHORITY);
  await caddy.until(
    'answers',
    async () =>
      (
        await attempt('curl', [
          '-sf',
          '--cacert',
          authority,
          '--resolve',
          `monitor.test:${TLS_PORT}:127.0.0.1`,
          `${URL}/readyz`,
        ])
      ).code === 0,
  );
  return { daemons: [monitor, caddy], token, authority };
}

/** Puts the agent's package into the root folder of a host, with its configuration. */
export async function installAgent(
  root: string,
  packages: Packages,
  { token, authority }: Server,
): Promise<void> {
  await command('dpkg-deb', ['--extract', packages.agent, root]);
  const folder = join(root, 'etc/proxmox-monitor');
  mkdirSync(folder, { recursive: true });
  await command('install', ['-m', '0644', authority, join(folder, 'ca.pem')]);
  writeFileSync(
    join(folder, 'agent.toml'),
    `[server]\nurl = "${URL}"\nca_file = "/etc/proxmox-monitor/ca.pem"\n`,
  );
  // The unit hands it over by systemd; here the agent may read the file itself.
  writeFileSync(join(folder, 'agent.token'), `${token}\n`, { mode: 0o640 });
  await command('chown', [`0:${AGENT_GROUP}`, join(folder, 'agent.token')]);
}

/** Runs the helper as its unit does; returns the processor time that it and its children took, in seconds. */
export async function runHelper(root: string): Promise<number> {
  const timed = 'TIMEFORMAT="%U %S"; time "$@"';
  const call = ['-c', timed, 'bash', 'chroot', `--userspec=${HELPER_USER}`, root, ...HELPER_CALL];
  const { stderr, code } = await attempt('bash', call);
  const [user, system] = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  if (code !== 0 || user === undefined || system === undefined)
    throw new Error(`the helper failed:\n${stderr}`);
  return user + system;
}
