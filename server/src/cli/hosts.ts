import { systemClock } from '../clock.ts';
import { HostUnknownError } from '../hosts/errors.ts';
import {
  findHostByName,
  type Host,
  type HostWithToken,
  listHosts,
  registerHost,
  removeHost,
  rotateToken,
} from '../hosts/hosts.ts';
import { confirm } from './ask.ts';
import { type CommandOptions, withDatabase } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { print, say, table } from './output.ts';

export function runRegisterHost(name: string, options: CommandOptions): Promise<number> {
  return withDatabase(options, (database, { config }) => {
    const registered = registerHost(database, systemClock, name);
    say(`${name} is registered. Its token, which is shown now and never again:`);
    showToken(registered);
    say(
      `\nOn ${name}, as root:\n` +
        '  apt install ./proxmox-monitor-agent_*.deb\n' +
        `It asks for the server's address${config.publicHost === undefined ? '' : ` (https://${config.publicHost})`} and for this token.`,
    );
    return EXIT.ok;
  });
}

export function runRotateToken(name: string, options: CommandOptions): Promise<number> {
  return withDatabase(options, (database) => {
    const rotated = rotateToken(database, systemClock, name);
    say(`${name} has a new token, which is shown now and never again. The old one ends within seconds.`);
    showToken(rotated);
    say(`\nOn ${name}, as root:\n  dpkg-reconfigure proxmox-monitor-agent`);
    return EXIT.ok;
  });
}

export function runListHosts(options: CommandOptions): Promise<number> {
  return withDatabase(options, (database) => {
    const hosts = listHosts(database);
    if (hosts.length === 0) say('no host is registered; register-host NAME registers one');
    else print(table([['NAME', 'TOKEN', 'AGENT', 'LAST SEEN', 'REGISTERED'], ...hosts.map(row)]));
    return EXIT.ok;
  });
}

export function runRemoveHost(
  name: string,
  options: CommandOptions & { readonly yes?: boolean },
): Promise<number> {
  return withDatabase(options, async (database) => {
    if (findHostByName(database, name) === undefined) throw new HostUnknownError(name);
    await confirm(`Remove ${name} with everything that is stored of it?`, options.yes);
    removeHost(database, name);
    say(`${name} is removed. Its agent is refused from now on.`);
    return EXIT.ok;
  });
}

function showToken({ token }: HostWithToken): void {
  say('');
  print(token);
}

function row(host: Host): string[] {
  return [
    host.name,
    `pma_${host.tokenId}_…`,
    host.agentVersion ?? '-',
    host.lastSeenAtMs === null ? 'never' : time(host.lastSeenAtMs),
    time(host.createdAtMs),
  ];
}

/** "2026-11-24 08:30:12Z" */
function time(atMs: number): string {
  return new Date(atMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}
