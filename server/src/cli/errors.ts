import { AptRepositoryError } from '../apt-repository/errors.ts';
import { InvalidPasswordError } from '../auth/password.ts';
import { BackupError } from '../backup/errors.ts';
import { CaddySetupError } from '../caddy/errors.ts';
import { ConfigError } from '../config/errors.ts';
import {
  DatabaseInUseError,
  DatabaseOpenError,
  MigrationError,
  RollbackTargetError,
  SchemaMismatchError,
} from '../db/errors.ts';
import { HostExistsError, HostNameError, HostUnknownError } from '../hosts/errors.ts';
import { EXIT } from './exit-codes.ts';

/** A command cannot do what it was asked to. The message is all that the user needs. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** The command line asks for what does not exist or does not go together. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Errors whose message says everything: no stack is printed for them. */
const EXPECTED = [
  AptRepositoryError,
  CaddySetupError,
  CommandError,
  UsageError,
  ConfigError,
  BackupError,
  DatabaseOpenError,
  MigrationError,
  HostExistsError,
  HostNameError,
  HostUnknownError,
  InvalidPasswordError,
];

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof RollbackTargetError) return EXIT.usage;
  if (error instanceof ConfigError) return EXIT.configuration;
  if (error instanceof SchemaMismatchError) return EXIT.schemaMismatch;
  // passes by itself, when the other one ends
  if (error instanceof DatabaseInUseError) return EXIT.failure;
  if (error instanceof MigrationError) return EXIT.migrationFailed;
  return EXIT.failure;
}

/** What is printed about an error: its sentence, or the whole of one that nobody thought of. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (EXPECTED.some((kind) => error instanceof kind)) return error.message;
  const code = 'code' in error ? String(error.code) : '';
  // the database and the system speak for themselves: locked, disk full, no permission
  return /^(?:SQLITE_|E[A-Z]+$)/.test(code) ? error.message : (error.stack ?? error.message);
}
