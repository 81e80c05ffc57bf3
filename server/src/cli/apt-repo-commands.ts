import { type Command, InvalidArgumentError } from 'commander';
import {
  runAptRepoAdd,
  runAptRepoDropKey,
  runAptRepoKey,
  runAptRepoList,
  runAptRepoNewKey,
  runAptRepoPrune,
  runAptRepoRemove,
} from './apt-repo.ts';
import type { CommandOptions } from './context.ts';

const DEFAULT_KEPT = 3;

/** Adds `apt-repo` with its verbs. */
export function addAptRepoCommands(program: Command, done: (exitCode: number) => void): void {
  const aptRepo = program
    .command('apt-repo')
    .description('publish packages at /apt, from which hosts install and upgrade their agent')
    .helpOption('--help', 'print this help')
    .helpCommand(false);
  const command = (nameAndArguments: string, description: string): Command =>
    aptRepo
      .command(nameAndArguments)
      .description(description)
      .helpOption('--help', 'print this help')
      .option('--config <file>', 'read this file instead of /etc/proxmox-monitor/server.toml');

  command(
    'add <file...>',
    'publish packages of agent and server, all of them or none; older ones stay',
  ).action(async (files: string[], options: CommandOptions) => done(await runAptRepoAdd(files, options)));
  command('list', 'show what is published, and whether its files are sound').action(
    async (options: CommandOptions) => done(await runAptRepoList(options)),
  );
  command('remove <package> <version>', 'take a version away, for all architectures').action(
    async (name: string, version: string, options: CommandOptions) =>
      done(await runAptRepoRemove(name, version, options)),
  );
  command('prune', 'take all but the newest versions of each package away')
    .option('--keep <number>', 'how many versions stay', keptNumber, DEFAULT_KEPT)
    .action(async (options: CommandOptions & { keep: number }) => done(await runAptRepoPrune(options)));
  command('key', 'print the public key, and its fingerprint').action(async (options: CommandOptions) =>
    done(await runAptRepoKey(options)),
  );
  command('new-key', 'make another key, which signs beside the present one').action(
    async (options: CommandOptions) => done(await runAptRepoNewKey(options)),
  );
  command('drop-key <fingerprint>', 'delete a key, when every host has another one').action(
    async (fingerprint: string, options: CommandOptions) =>
      done(await runAptRepoDropKey(fingerprint, options)),
  );
}

function keptNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return Number(text);
}
