import { AptRepositoryError } from './errors.ts';

/** What an administrator meets, with what to do; anything else as it is. */
export function inWords(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') {
    return new AptRepositoryError(`there is no room for it in ${folder}; nothing was changed`, {
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY') {
    return new AptRepositoryError(`this user may not write to ${folder}: run the command as root`, {
      cause: error,
    });
  }
  return error;
}
