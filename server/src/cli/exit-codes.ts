/** How a command ends. The same in `proxmox-monitor-server --help` and in the manual. */
export const EXIT = {
  ok: 0,
  /** It did not work; the message says why. */
  failure: 1,
  /** Database and program do not belong together: newer schema, edited migration. Nothing was touched. */
  schemaMismatch: 3,
  /** A migration failed. The database is as it was before. */
  migrationFailed: 4,
  /** The command line cannot be understood. */
  usage: 64,
  /** The configuration is not valid: no restart mends it. */
  configuration: 78,
} as const;

export const EXIT_HELP = `
Exit codes:
  0   done
  1   it did not work; the message says why
  3   the database belongs to a newer version; nothing was touched
  4   a migration failed; the database is as it was before
  64  the command line cannot be understood
  78  the configuration is not valid
`;
