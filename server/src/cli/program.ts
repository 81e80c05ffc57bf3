import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { VERSION } from '../version.ts';
import { addAptRepoCommands } from './apt-repo-commands.ts';
import { type BackupCommandOptions, runBackup } from './backup.ts';
import { type CaddySetupOptions, runCaddySetup } from './caddy-setup.ts';
import { type CheckOptions, runCheck } from './check.ts';
import type { CommandOptions } from './context.ts';
import { exitCodeOf, messageOf } from './errors.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { runListHosts, runRegisterHost, runRemoveHost, runRotateToken } from './hosts.ts';
import { type MetricsTokenOptions, runMetricsToken } from './metrics-token.ts';
import { runMigrate, runRollback } from './migrate.ts';
import { complain } from './output.ts';
import { type PasswordOptions, runHashPassword, runSetPassword } from './password.ts';
import { type RestoreOptions, runRestore } from './restore.ts';
import type { ServeOptions } from './serve.ts';

/** Runs one command line, `argv` as in process.argv, and returns its exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = buildProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    // commander has printed its own
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    complain(messageOf(error));
    return exitCodeOf(error);
  }
}

function buildProgram(done: (exitCode: number) => void): Command {
  const program = new Command('proxmox-monitor-server')
    .description(
      'Server of Proxmox Monitor. Every command works beside the running service, as its user or as root, ' +
        'who then goes on as its user.',
    )
    .version(VERSION, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', EXIT_HELP)
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride();

  const command = (nameAndArguments: string, description: string): Command =>
    program
      .command(nameAndArguments)
      .description(description)
      .helpOption('--help', 'print this help')
      .option('--config <file>', 'read this file instead of /etc/proxmox-monitor/server.toml');

  command('serve', 'run the server; migrates the database first')
    .option('--no-migrate', 'refuse to start when the database is of an older version')
    .action(async (options: ServeOptions) => {
      // the rest of the server is loaded only here: the other commands are at hand at once
      const { runServe } = await import('./serve.ts');
      done(await runServe(options));
    });
  command('migrate', 'bring the database up to date; makes it if there is none').action(
    async (options: CommandOptions) => done(await runMigrate(options)),
  );
  command('rollback', 'undo the last migration, or all down to a number; the server must not run')
    .option('--to <number>', 'the schema to go back to; 0 leaves no table', wholeNumber)
    .action(async (options: CommandOptions & { to?: number }) => done(await runRollback(options)));
  command('register-host <name>', 'register a host and print its token, once').action(
    async (name: string, options: CommandOptions) => done(await runRegisterHost(name, options)),
  );
  command('rotate-token <name>', 'give a host a new token and print it, once').action(
    async (name: string, options: CommandOptions) => done(await runRotateToken(name, options)),
  );
  command('list-hosts', 'show the registered hosts').action(async (options: CommandOptions) =>
    done(await runListHosts(options)),
  );
  command('remove-host <name>', 'remove a host with everything that is stored of it')
    .option('--yes', 'do not ask')
    .action(async (name: string, options: CommandOptions & { yes?: boolean }) =>
      done(await runRemoveHost(name, options)),
    );
  command('set-password', 'set the password of the dashboard; ends every login')
    .option('--stdin', 'read it from stdin, one line')
    .action(async (options: PasswordOptions) => done(await runSetPassword(options)));
  command('metrics-token', 'make the token with which /metrics is scraped, and print it, once')
    .option('--remove', 'take it away: nobody can read /metrics then')
    .action(async (options: MetricsTokenOptions) => done(await runMetricsToken(options)));
  command('hash-password', 'print the hash of a password, as DASHBOARD_PASSWORD_HASH takes it')
    .option('--stdin', 'read it from stdin, one line')
    .action(async (options: PasswordOptions) => done(await runHashPassword(options)));
  command('backup [file]', 'write a checked, compressed copy of the database, beside the running service')
    .option('--full', 'with all samples behind the charts, which are left out otherwise')
    .option('--replace', 'replace the file if it is there')
    .option(
      '--nightly',
      'into the folder that server.toml names, where the oldest make room; what the timer does',
    )
    .action(async (file: string | undefined, options: BackupCommandOptions) =>
      done(await runBackup(file, options)),
    );
  command(
    'restore <file>',
    'put a backup in the place of the database, which is kept; stops and starts the service',
  )
    .option('--yes', 'do not ask')
    .action(async (file: string, options: RestoreOptions) => done(await runRestore(file, options)));
  command('caddy-setup', 'put the site into Caddy, which gets its certificate; as root')
    .option(
      '--internal',
      "with certificates of Caddy's own authority, for a name without public certificates",
    )
    .option('--host <name>', 'the public host, which is set too; otherwise the one that is set')
    .option('--remove', 'take the site out again')
    .option('--dry-run', 'have Caddy check it and show what would be written')
    .action(async (options: CaddySetupOptions) => done(await runCaddySetup(options)));
  command(
    'check',
    'show every setting with its origin, try what the server needs, look at database and backups',
  )
    .option('--full', 'read the whole database; takes a minute for each gigabyte or so')
    .action(async (options: CheckOptions) => done(await runCheck(options)));
  addAptRepoCommands(program, done);
  return program;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
