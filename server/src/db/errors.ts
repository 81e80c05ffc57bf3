/** The schema cannot be brought to where it should be. The database is as it was before. */
export class MigrationError extends Error {
  override readonly name: string = 'MigrationError';
}

/** The database and this program do not belong together; nothing was touched. */
export class SchemaMismatchError extends MigrationError {
  override readonly name = 'SchemaMismatchError';
}

/** The schema cannot go where it was asked to go. Nothing was touched. */
export class RollbackTargetError extends MigrationError {
  override readonly name = 'RollbackTargetError';
}

/** A running server, or another migration, holds the database. */
export class DatabaseInUseError extends MigrationError {
  override readonly name = 'DatabaseInUseError';
}

/** The database file cannot be opened or is not one. The message names it and says what to do. */
export class DatabaseOpenError extends Error {
  override readonly name = 'DatabaseOpenError';
}
