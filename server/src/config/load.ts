import { dirname, join } from 'node:path';
import { DEFAULT_RETENTION, type TierRetention } from '../history/tiers.ts';
import type { BackupConfig, Config, DatabaseConfig } from './config.ts';
import { readEnvironmentFile } from './environment-file.ts';
import { ConfigError } from './errors.ts';
import { defaultMigrationsFolder, defaultWebFolder } from './folders.ts';
import { type RawValue, SETTINGS, type Setting, type SettingName } from './settings.ts';
import { readTomlFile, type TomlValues } from './toml-file.ts';

export const DEFAULT_CONFIG_PATH = '/etc/proxmox-monitor/server.toml';
export const DEFAULT_ENVIRONMENT_PATH = '/etc/default/proxmox-monitor';

const LOOPBACK: readonly string[] = ['127.0.0.0/8', '::1'];

export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the unit reads as its EnvironmentFile; for commands typed by root, who has no such environment. */
  readonly environmentPath: string;
  readonly tomlPath: string;
  /** Whether somebody asked for `tomlPath`: then it must exist. */
  readonly tomlRequired: boolean;
}

/** Where a value comes from, in words: "PORT in the environment", "/etc/…/server.toml:3", "default". */
export type Origin = string;

export interface LoadedConfig {
  readonly config: Omit<Config, 'secretKeyBase'> &
    BackupConfig & { readonly secretKeyBase: string | undefined };
  readonly origins: Readonly<Record<SettingName, Origin>>;
}

/** The sources of a real process: its environment, and the files in /etc or what `--config` names. */
export function processSources(tomlPath: string | undefined): ConfigSources {
  return {
    environment: process.env,
    environmentPath: DEFAULT_ENVIRONMENT_PATH,
    tomlPath: tomlPath ?? DEFAULT_CONFIG_PATH,
    tomlRequired: tomlPath !== undefined,
  };
}

/**
 * The environment wins over the environment file, that over server.toml, that over what is built in. A variable
 * that is empty counts as not set.
 * @throws ConfigError
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const toml = readTomlFile(sources.tomlPath);
  if (toml === undefined && sources.tomlRequired) {
    throw new ConfigError(`${sources.tomlPath} does not exist; --config must name a file`);
  }
  const reader = new Reader(sources, toml ?? new Map());
  const databasePath =
    reader.read('databasePath', SETTINGS.databasePath) ?? '/var/lib/proxmox-monitor/monitor.db';
  const config = {
    publicHost: reader.read('publicHost', SETTINGS.publicHost),
    listenAddress: reader.read('listenAddress', SETTINGS.listenAddress) ?? '127.0.0.1',
    port: reader.read('port', SETTINGS.port) ?? 4_000,
    trustedProxies: reader.read('trustedProxies', SETTINGS.trustedProxies) ?? LOOPBACK,
    authorityFile:
      reader.read('authorityFile', SETTINGS.authorityFile) ?? join(dirname(databasePath), 'authority.pem'),
    databasePath,
    retention: readRetention(reader),
    backupEnabled: reader.read('backupEnabled', SETTINGS.backupEnabled) ?? true,
    backupFolder:
      reader.read('backupFolder', SETTINGS.backupFolder) ?? join(dirname(databasePath), 'backups'),
    backupMaxDiskPercent: reader.read('backupMaxDiskPercent', SETTINGS.backupMaxDiskPercent) ?? 20,
    webFolder: reader.read('webFolder', SETTINGS.webFolder) ?? defaultWebFolder(),
    migrationsFolder: reader.read('migrationsFolder', SETTINGS.migrationsFolder) ?? defaultMigrationsFolder(),
    secretKeyBase: reader.read('secretKeyBase', SETTINGS.secretKeyBase),
    passwordHashSeed: reader.read('passwordHashSeed', SETTINGS.passwordHashSeed),
  };
  return { config, origins: reader.origins };
}

function readRetention(reader: Reader): TierRetention {
  const hours = reader.read('keepSamplesHours', SETTINGS.keepSamplesHours);
  const [fine, minute, tenMinutes, hour] = DEFAULT_RETENTION;
  const days = (name: SettingName, setting: Setting<number>, otherwiseMs: number): number => {
    const value = reader.read(name, setting);
    return value === undefined ? otherwiseMs : value * 86_400_000;
  };
  return [
    days('fineDays', SETTINGS.fineDays, hours === undefined ? fine : hours * 3_600_000),
    days('minuteDays', SETTINGS.minuteDays, minute),
    days('tenMinutesDays', SETTINGS.tenMinutesDays, tenMinutes),
    days('hourDays', SETTINGS.hourDays, hour),
  ];
}

/**
 * What `serve` needs.
 * @throws ConfigError when a setting without a default is missing
 */
export function serveConfig({ config }: LoadedConfig): Config {
  const { secretKeyBase } = config;
  if (secretKeyBase !== undefined) return { ...config, secretKeyBase };
  throw new ConfigError(
    `SECRET_KEY_BASE is not set: it must be ${SETTINGS.secretKeyBase.expected}. ` +
      `The package writes it to ${DEFAULT_ENVIRONMENT_PATH}; from source, put it in the environment.`,
  );
}

export function databaseConfig({ config }: LoadedConfig): DatabaseConfig {
  return config;
}

class Reader {
  readonly #sources: ConfigSources;
  readonly #toml: TomlValues;
  readonly #file: ReadonlyMap<string, string>;
  readonly origins: Record<SettingName, Origin>;

  constructor(sources: ConfigSources, toml: TomlValues) {
    this.#sources = sources;
    this.#toml = toml;
    this.#file = readEnvironmentFile(sources.environmentPath);
    const none = 'default';
    this.origins = {
      publicHost: none,
      listenAddress: none,
      port: none,
      trustedProxies: none,
      authorityFile: none,
      databasePath: none,
      keepSamplesHours: none,
      fineDays: none,
      minuteDays: none,
      tenMinutesDays: none,
      hourDays: none,
      backupEnabled: none,
      backupFolder: none,
      backupMaxDiskPercent: none,
      webFolder: none,
      migrationsFolder: none,
      secretKeyBase: none,
      passwordHashSeed: none,
    };
  }

  read<Value>(name: SettingName, setting: Setting<Value>): Value | undefined {
    const found = this.#find(setting);
    if (found === undefined) return undefined;
    this.origins[name] = found.origin;
    const value = setting.parse(found.value);
    if (value !== undefined) return value;
    // a secret is not quoted: the message ends in a log
    const shown = setting.toml === undefined ? '' : `, not ${JSON.stringify(found.value)}`;
    throw new ConfigError(`${found.origin}: ${found.label} must be ${setting.expected}${shown}`);
  }

  #find(setting: Setting<unknown>): { value: RawValue; origin: Origin; label: string } | undefined {
    const variable = setting.environment;
    if (variable !== undefined) {
      const ours = this.#sources.environment[variable];
      if (ours !== undefined && ours !== '') return { value: ours, origin: 'environment', label: variable };
      const filed = this.#file.get(variable);
      if (filed !== undefined && filed !== '') {
        return { value: filed, origin: this.#sources.environmentPath, label: variable };
      }
    }
    if (setting.toml === undefined) return undefined;
    const label = setting.toml.join('.');
    const entry = this.#toml.get(label);
    return entry === undefined ? undefined : { value: entry.value, origin: entry.place, label };
  }
}
