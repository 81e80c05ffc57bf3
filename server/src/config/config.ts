import type { TierRetention } from '../history/tiers.ts';

/** What a command needs that only works on the database. */
export interface DatabaseConfig {
  readonly databasePath: string;
  readonly migrationsFolder: string;
}

/** The nightly backups. */
export interface BackupConfig {
  readonly backupEnabled: boolean;
  readonly backupFolder: string;
  /** Share of the folder's disk that backups may take. */
  readonly backupMaxDiskPercent: number;
}

/** Everything that the server can be told from outside, checked. */
export interface Config extends DatabaseConfig {
  /** Key of the sessions' hashes; at least 32 characters. */
  readonly secretKeyBase: string;
  /** Seeds the first login; afterwards the database counts. */
  readonly passwordHashSeed: string | undefined;
  /** Host name under which browsers and agents reach the server over TLS; undefined on plain loopback. */
  readonly publicHost: string | undefined;
  readonly listenAddress: string;
  readonly port: number;
  /** Addresses and networks whose `X-Forwarded-For` and `-Proto` count. */
  readonly trustedProxies: readonly string[];
  /** Certificate of the private authority behind the server's own certificate, for agents; need not exist. */
  readonly authorityFile: string;
  /** How long each tier of the history is kept. */
  readonly retention: TierRetention;
  /** Where the nightly backups are. */
  readonly backupFolder?: string;
  /** Folder of the built dashboard. */
  readonly webFolder: string;
}
