import { serverFolders } from '../apt-repository/layout.ts';
import { PublishedAgents } from '../apt-repository/published-agents.ts';
import { systemClock } from '../clock.ts';
import type { LoadedConfig } from '../config/load.ts';
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
import { publicUrl } from '../http/same-origin.ts';
import { installationOf } from '../installation/installation.ts';
import { pasteBlock } from '../installation/paste-block.ts';
import { confirm } from './ask.ts';
import { type CommandOptions, withDatabase } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { print, say, table } from './output.ts';

export function runRegisterHost(name: string, options: CommandOptions): Promise<number> {
  return withDatabase(options, (database, { config }) => {
    const registered = registerHost(database, systemClock, name);
    say(`${name} is registered. Its token, which is shown now and never again:`);
    showToken(registered);
    say(`\n${howToInstall(name, config)}`);
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

/** The block that "Add host" shows too; without published packages what to do with the file. */
function howToInstall(name: string, config: LoadedConfig['config']): string {
  const offer = new PublishedAgents(serverFolders(config.databasePath).repository).offer();
  const block = pasteBlock(publicUrl(config), installationOf(offer, config.authorityFile));
  if (block !== undefined)
    return `Paste this on ${name}, as root; it asks for the token:\n\n${block.withQuestions}`;
  const address = config.publicHost === undefined ? '' : ` (https://${config.publicHost})`;
  const first = offer === undefined ? 'apt-repo add FILE' : 'caddy-setup';
  return (
    `On ${name}, as root:\n  apt install ./proxmox-monitor-agent_*.deb\n` +
    `It asks for the server's address${address} and for this token.\n` +
    `To have one block to paste here instead: proxmox-monitor-server ${first}`
  );
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
