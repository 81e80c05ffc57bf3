import { systemClock } from '../clock.ts';
import { migrate, rollback } from '../db/migrate.ts';
import { readMigrations } from '../db/migration-files.ts';
import { type CommandOptions, prepare } from './context.ts';
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

export async function runRollback(options: CommandOptions & { readonly to?: number }): Promise<number> {
  const { databasePath, migrationsFolder } = prepare(options).config;
  const migrations = readMigrations(migrationsFolder);
  const { steps, copyPath } = await rollback(databasePath, migrations, options.to, { clock: systemClock });
  if (copyPath !== undefined) say(`the database as it was before is ${copyPath}`);
  const last = steps.at(-1);
  say(last === undefined ? 'there was nothing to undo' : `${databasePath} has schema ${last - 1} now`);
  return EXIT.ok;
}
