#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { runCheck } from './commands/check.ts';
import { runCollect } from './commands/collect.ts';
import { runConfig } from './commands/config.ts';
import { runHelper } from './commands/helper.ts';
import { runAgent } from './commands/run.ts';
import { DEFAULT_CONFIG_FILE } from './config/load.ts';
import { VERSION } from './version.ts';

const EXIT_USAGE = 2;
/**
 * What still holds the process after its work, such as a child or a connection, is not waited for. A read that hangs in
 * one of Node's own threads is, also by `process.exit`: nothing that may hang is read there.
 */
const LAST_WAIT_MS = 300;

const config = (): Option =>
  new Option(
    '--config <file>',
    'configuration file; the *.toml in the .d folder beside it are read too',
  ).default(DEFAULT_CONFIG_FILE);
const root = (): Option =>
  new Option('--root <folder>', 'look at a recorded host below this folder instead of this one').default('/');

const program = new Command('proxmox-monitor-agent')
  .description('Watches this host and reports what it sees to a Proxmox Monitor server.')
  .version(VERSION, '--version', 'print the version')
  .helpOption('--help', 'explain a command')
  .configureHelp({ showGlobalOptions: false })
  .showHelpAfterError('(proxmox-monitor-agent --help lists the commands)')
  .exitOverride();

program
  .command('run')
  .description('watch this host and report to the server; the service does this')
  .addOption(config())
  .addOption(root())
  .action(async (options) => finish(await runAgent(options)));

program
  .command('check')
  .description('say whether the agent would work here, step by step: configuration, server, token, sources')
  .addOption(config())
  .addOption(root())
  .option('--offline', 'only the configuration: ask neither network nor sources', false)
  .option('--quiet', 'print nothing unless something is wrong', false)
  .action(async (options) => finish(await runCheck(options)));

program
  .command('config')
  .description('print every setting that holds and the file it comes from; the token stays hidden')
  .addOption(config())
  .action(async (options) => finish(await runConfig(options)));

program
  .command('collect')
  .description('look at this host once and print what was seen as JSON')
  .option('--only <names>', 'only these collectors, separated by commas', splitNames, [])
  .addOption(root())
  .action(async (options) => finish(await runCollect(options)));

program
  .command('helper', { hidden: true })
  .description(
    'look, as root, at what the agent may not look at, and leave it for the agent; a service does this',
  )
  .option('--only <names>', 'only these collectors, separated by commas, due or not', splitNames, [])
  .requiredOption('--state <folder>', 'where to remember things across reboots')
  .requiredOption('--output <folder>', 'where to leave what was seen')
  .addOption(config())
  .addOption(root())
  .action(async (options) => finish(await runHelper(options)));

function splitNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function finish(exitCode: number): void {
  process.exitCode = exitCode;
  setTimeout(() => process.exit(), LAST_WAIT_MS).unref();
}

program.parseAsync().catch((error: unknown) => {
  // What commander throws it has already told.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
});
