/** A backup could not be made or restored. The message says why and what to do; nothing was changed. */
export class BackupError extends Error {
  override readonly name: string = 'BackupError';
}

/** There is no room for it. */
export class NoRoomError extends BackupError {
  override readonly name = 'NoRoomError';
}

/** What is told of an error that the system or SQLite found, in the words of this package. */
export function explain(doing: string, error: unknown): BackupError {
  if (error instanceof BackupError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') {
    return new NoRoomError(`${doing}: the disk is full; make room and try again`, { cause: error });
  }
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') {
    return new BackupError(`${doing}: the database is damaged (${message}); restore the last good backup`, {
      cause: error,
    });
  }
  return new BackupError(`${doing}: ${message}`, { cause: error });
}
