import { hashPassword, setPassword } from '../auth/password.ts';
import { systemClock } from '../clock.ts';
import { ask, canAsk, readLine } from './ask.ts';
import { type CommandOptions, withDatabase } from './context.ts';
import { CommandError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { print, say } from './output.ts';

export interface PasswordOptions extends CommandOptions {
  readonly stdin?: boolean;
}

export function runSetPassword(options: PasswordOptions): Promise<number> {
  return withDatabase(options, async (database) => {
    setPassword(database, systemClock, await hashPassword(await newPassword(options)));
    say('The dashboard has a new password. Every login has ended.');
    return EXIT.ok;
  });
}

/** Needs neither configuration nor database: the installation calls it before there is either. */
export async function runHashPassword(options: PasswordOptions): Promise<number> {
  print(await hashPassword(await newPassword(options)));
  return EXIT.ok;
}

async function newPassword({ stdin }: PasswordOptions): Promise<string> {
  if (stdin === true) return await readLine();
  if (!canAsk()) throw new CommandError('there is no terminal to ask on: give the password with --stdin');
  const password = await ask('New password for the dashboard: ', true);
  if ((await ask('Again: ', true)) !== password)
    throw new CommandError('the two differ; nothing was changed');
  return password;
}
