import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { isPasswordHash } from '../auth/password-hash.ts';

/** What a setting can be in server.toml; in the environment it is a text. */
export type RawValue = string | number | boolean | readonly string[];

/** One thing that can be set, and where. */
export interface Setting<Value> {
  /** Table and key in server.toml; undefined for secrets, which do not belong into a file that all may read. */
  readonly toml: readonly [table: string, key: string] | undefined;
  /** Name in the environment. */
  readonly environment: string | undefined;
  /** What follows "… must be " when `parse` returns undefined. */
  readonly expected: string;
  /** @returns undefined when the value cannot be taken */
  parse(value: RawValue): Value | undefined;
}

export const SETTINGS = {
  publicHost: {
    toml: ['server', 'public_host'],
    environment: 'PUBLIC_HOST',
    expected: 'a host name such as monitor.example.net, without https:// and without a path',
    parse: (value) =>
      typeof value === 'string' && PUBLIC_HOST.test(value) ? value.toLowerCase() : undefined,
  } satisfies Setting<string>,
  listenAddress: {
    toml: ['server', 'listen_address'],
    environment: undefined,
    expected: 'an address of this machine such as 127.0.0.1 or ::1',
    parse: (value) => (typeof value === 'string' && ADDRESS.test(value) ? value : undefined),
  } satisfies Setting<string>,
  port: {
    toml: ['server', 'port'],
    environment: 'PORT',
    expected: 'a port from 1 to 65535',
    parse: (value) => wholeNumber(value, 1, 65_535),
  } satisfies Setting<number>,
  trustedProxies: {
    toml: ['server', 'trusted_proxies'],
    environment: undefined,
    expected: 'a list of addresses and networks such as ["127.0.0.1", "10.0.0.0/8"]',
    parse: (value) =>
      Array.isArray(value) && value.every((entry: unknown) => typeof entry === 'string' && isNetwork(entry))
        ? value
        : undefined,
  } satisfies Setting<readonly string[]>,
  authorityFile: {
    toml: ['server', 'authority_file'],
    environment: undefined,
    expected: 'a path that begins with /',
    parse: absolutePath,
  } satisfies Setting<string>,
  databasePath: {
    toml: ['database', 'path'],
    environment: 'DATABASE_PATH',
    expected: 'a path that begins with /',
    parse: absolutePath,
  } satisfies Setting<string>,
  /** Of version 0.2.0 and earlier: what `fine_days` is now. */
  keepSamplesHours: {
    toml: ['database', 'keep_samples_hours'],
    environment: undefined,
    expected: 'a whole number of hours from 1 to 8784 (a year)',
    parse: (value) => wholeNumber(value, 1, 8_784),
  } satisfies Setting<number>,
  fineDays: days('fine_days', 1),
  minuteDays: days('minute_days', 2),
  tenMinutesDays: days('ten_minutes_days', 32),
  hourDays: days('hour_days', 32),
  backupEnabled: {
    toml: ['backup', 'enabled'],
    environment: undefined,
    expected: 'true or false',
    parse: (value) => (typeof value === 'boolean' ? value : undefined),
  } satisfies Setting<boolean>,
  backupFolder: {
    toml: ['backup', 'folder'],
    environment: undefined,
    expected: 'a path that begins with /',
    parse: absolutePath,
  } satisfies Setting<string>,
  backupMaxDiskPercent: {
    toml: ['backup', 'max_disk_percent'],
    environment: undefined,
    expected: 'a whole number from 1 to 95',
    parse: (value) => wholeNumber(value, 1, 95),
  } satisfies Setting<number>,
  webFolder: {
    toml: ['development', 'web_folder'],
    environment: undefined,
    expected: 'a path that begins with /',
    parse: absolutePath,
  } satisfies Setting<string>,
  migrationsFolder: {
    toml: ['development', 'migrations_folder'],
    environment: undefined,
    expected: 'a path that begins with /',
    parse: absolutePath,
  } satisfies Setting<string>,
  secretKeyBase: {
    toml: undefined,
    environment: 'SECRET_KEY_BASE',
    expected: 'at least 32 characters, as `head -c 48 /dev/urandom | base64` makes them',
    parse: (value) => (typeof value === 'string' && value.length >= 32 ? value : undefined),
  } satisfies Setting<string>,
  passwordHashSeed: {
    toml: undefined,
    environment: 'DASHBOARD_PASSWORD_HASH',
    expected: 'what `proxmox-monitor-server hash-password` prints: $argon2id$…',
    parse: (value) => (typeof value === 'string' && isPasswordHash(value) ? value : undefined),
  } satisfies Setting<string>,
} as const;

/** How long a tier of the history is kept. The coarser ones need what they are computed from for a block's length. */
function days(key: string, minimum: number): Setting<number> {
  return {
    toml: ['retention', key],
    environment: undefined,
    expected: `a whole number of days from ${minimum} to 3660 (ten years)`,
    parse: (value) => wholeNumber(value, minimum, 3_660),
  };
}

export type SettingName = keyof typeof SETTINGS;

/** A DNS name, an IPv4 address or [an IPv6 address], perhaps with a port. */
const PUBLIC_HOST =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*|localhost)$/i;

/** An IPv4 or IPv6 address, perhaps with the length of a prefix. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

function absolutePath(value: RawValue): string | undefined {
  return typeof value === 'string' && isAbsolute(value) && !value.includes('\0') ? value : undefined;
}

function wholeNumber(value: RawValue, minimum: number, maximum: number): number | undefined {
  const number = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number') return undefined;
  return Number.isInteger(number) && number >= minimum && number <= maximum ? number : undefined;
}
