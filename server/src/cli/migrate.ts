import { systemClock } from '../clock.ts';
import { migrate, rollback } from '../db/migrate.ts';
import { readMigrations } from '../db/migration-files.ts';
import { databaseExists } from '../db/open.ts';
import { type CommandOptions, prepare } from './context.ts';
import { CommandError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { say } from './output.ts';

export async function runMigrate(options: CommandOptions): Promise<number> {
  const { databasePath, migrationsFolder } = prepare(options).config;
  const migrations = readMigrations(migrationsFolder);
  const { steps, copyPath } = await migrate(databasePath, migrations, { clock: systemClock });
  if (copyPath !== undefined) say(`the database as it was before is ${copyPath}`);
  say(
    steps.length === 0
      ? `${databasePath} has schema ${migrations.length} already`
      : `${databasePath} has schema ${migrations.length} now`,
  );
  return EXIT.ok;
}

/** A server that runs will not end by itself: there is no point in a long wait. */
const ROLLBACK_LOCK_WAIT_MS = 2_000;

export async function runRollback(options: CommandOptions & { readonly to?: number }): Promise<number> {
  const { databasePath, migrationsFolder } = prepare(options).config;
  const migrations = readMigrations(migrationsFolder);
  if (!databaseExists(databasePath)) throw new CommandError(`there is no database at ${databasePath}`);
  const { steps, copyPath } = await rollback(databasePath, migrations, options.to, {
    clock: systemClock,
    lockWaitMs: ROLLBACK_LOCK_WAIT_MS,
  });
  if (copyPath !== undefined) say(`the database as it was before is ${copyPath}`);
  const last = steps.at(-1);
  if (last === undefined) say('there was nothing to undo');
  else {
    say(
      `${databasePath} has schema ${last - 1} now. Install the version that it belongs to before the service starts: ` +
        'this one would migrate it again.',
    );
  }
  return EXIT.ok;
}
