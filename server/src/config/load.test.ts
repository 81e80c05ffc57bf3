import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_RETENTION } from '../history/tiers.ts';
import { ConfigError } from './errors.ts';
import { type LoadedConfig, loadConfig, serveConfig } from './load.ts';
import { SETTINGS } from './settings.ts';
import { parseToml } from './toml-file.ts';

const SHIPPED = join(import.meta.dirname, '../../../packaging/server/server.toml');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxmox-monitor-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Given {
  readonly environment?: Record<string, string>;
  readonly file?: string;
  readonly toml?: string;
}

function load({ environment = {}, file, toml }: Given): LoadedConfig {
  const environmentPath = join(folder, 'default');
  const tomlPath = join(folder, 'server.toml');
  if (file !== undefined) writeFileSync(environmentPath, file);
  if (toml !== undefined) writeFileSync(tomlPath, toml);
  return loadConfig({ environment, environmentPath, tomlPath, tomlRequired: false });
}

test('without any file the built-in values count', () => {
  const { config, origins } = load({});
  expect(config).toMatchObject({
    databasePath: '/var/lib/proxmox-monitor/monitor.db',
    listenAddress: '127.0.0.1',
    port: 4000,
    retention: DEFAULT_RETENTION,
    publicHost: undefined,
  });
  expect(config.migrationsFolder).toBe(join(import.meta.dirname, '../../migrations'));
  expect(origins.port).toBe('default');
});

test('the environment wins over the environment file, that over server.toml', () => {
  const toml = '[server]\nport = 1001\npublic_host = "a.example"\nlisten_address = "::1"\n';
  const { config, origins } = load({
    environment: { PORT: '1003' },
    file: 'PORT=1002\nPUBLIC_HOST=b.example\n',
    toml,
  });
  expect(config).toMatchObject({ port: 1003, publicHost: 'b.example', listenAddress: '::1' });
  expect(origins).toMatchObject({
    port: 'environment',
    publicHost: join(folder, 'default'),
    listenAddress: `${join(folder, 'server.toml')}:4`,
  });
});

test('an empty variable counts as not set', () => {
  const { config } = load({
    environment: { PORT: '' },
    file: 'PUBLIC_HOST=\nPORT=',
    toml: '[server]\nport = 5000',
  });
  expect(config).toMatchObject({ port: 5000, publicHost: undefined });
});

test('proxies are trusted on this machine alone, unless a list says otherwise', () => {
  expect(load({}).config.trustedProxies).toEqual(['127.0.0.0/8', '::1']);
  const { config } = load({ toml: '[server]\ntrusted_proxies = ["192.0.2.7", "2001:db8::/32"]' });
  expect(config.trustedProxies).toEqual(['192.0.2.7', '2001:db8::/32']);
});

test('backups stand beside the database unless they have a folder of their own', () => {
  expect(load({ toml: '[database]\npath = "/srv/m.db"' }).config.backupFolder).toBe('/srv/backups');
  const { config } = load({ toml: '[backup]\nfolder = "/mnt/b"\nenabled = false\nmax_disk_percent = 50' });
  expect(config).toMatchObject({ backupFolder: '/mnt/b', backupEnabled: false, backupMaxDiskPercent: 50 });
});

test('the shipped file changes nothing, and what it shows is what is built in', () => {
  const text = readFileSync(SHIPPED, 'utf8');
  expect(parseToml(text, SHIPPED).size).toBe(0);
  const { config } = load({ toml: text.replace(/^#(?=[a-z_]+ = )/gm, '') });
  expect(config).toEqual({ ...load({ toml: '' }).config, publicHost: 'monitor.example.net' });
});

test('the shipped file shows every setting that is not a secret or for developers', () => {
  const text = readFileSync(SHIPPED, 'utf8');
  for (const [name, { toml }] of Object.entries(SETTINGS)) {
    // of an older version: still read, not shown
    if (name === 'keepSamplesHours') continue;
    if (toml !== undefined && toml[0] !== 'development')
      expect(text).toMatch(new RegExp(`^#${toml[1]} = `, 'm'));
  }
});

test.each([
  ['[server\nport = 1', ':1:8: '],
  ['[server]\nport = 1\nport = 2', ':3:'],
  ['[server]\nlisten = "::1"\nprot = 1', ':2: [server] has no key listen'],
  ['[server]\n\nprot = 1', ':3: [server] has no key prot; did you mean port?'],
  ['[sever]\nport = 1', ':1: nothing is called sever here; did you mean server?'],
  ['port = 1', ':1: port belongs below [server]'],
  ['[server]\npath = "/x"', ':2: path belongs below [database], not below [server]'],
  ['server = 1', ':1: server is a table: write [server] on a line of its own'],
  ['[server]\nport = "http"', ':2: server.port must be a port from 1 to 65535, not "http"'],
  ['[server]\nport = 70000', 'server.port must be a port from 1 to 65535, not 70000'],
  ['[server]\nport = true', ':2: server.port must be a port from 1 to 65535, not true'],
  [
    '[server]\nport = [1]',
    ':2: server.port must be a text in quotes, a number, true or false, or a list of texts',
  ],
  ['[server]\nport = ["1"]', ':2: server.port must be a port from 1 to 65535, not ["1"]'],
  ['[server]\ntrusted_proxies = "10.0.0.1"', 'must be a list of addresses and networks such as'],
  ['[server]\ntrusted_proxies = ["proxy.lan"]', ', not ["proxy.lan"]'],
  ['[server]\ntrusted_proxies = ["10.0.0.0/33"]', 'must be a list'],
  ['[server]\ntrusted_proxies = ["::1/129"]', 'must be a list'],
  ['[backup]\nenabled = "no"', ':2: backup.enabled must be true or false, not "no"'],
  ['[backup]\nmax_disk_percent = 0', 'backup.max_disk_percent must be a whole number from 1 to 95'],
  [
    '[server]\nsecret_key_base = "x"',
    ':2: secret_key_base is a secret, and everybody may read this file: set SECRET_KEY_BASE',
  ],
  [
    '[server]\npublic_host = "https://a.example/"',
    'server.public_host must be a host name such as monitor.example.net',
  ],
  ['[database]\npath = "monitor.db"', 'database.path must be a path that begins with /, not "monitor.db"'],
  ['[database]\nkeep_samples_hours = 0.5', 'database.keep_samples_hours must be a whole number'],
])('server.toml %j is refused with its place', (toml, message) => {
  expect(() => load({ toml })).toThrow(ConfigError);
  expect(() => load({ toml })).toThrow(message);
  expect(() => load({ toml })).toThrow(join(folder, 'server.toml'));
});

test.each([
  [{ PORT: 'x' }, 'environment: PORT must be a port from 1 to 65535, not "x"'],
  [{ PUBLIC_HOST: 'a b' }, 'PUBLIC_HOST must be a host name'],
  [{ DATABASE_PATH: 'relative' }, 'DATABASE_PATH must be a path that begins with /'],
  [{ DASHBOARD_PASSWORD_HASH: '$argon2id$v=19$m=1$salt$hash' }, 'DASHBOARD_PASSWORD_HASH must be what'],
])('environment %j is refused', (environment, message) => {
  expect(() => load({ environment })).toThrow(message);
});

test.each(['SECRET_KEY_BASE', 'DASHBOARD_PASSWORD_HASH'])('a bad %s is refused and not repeated', (name) => {
  expect(() => load({ environment: { [name]: 'my-secret' } })).toThrow(`${name} must be`);
  expect(() => load({ environment: { [name]: 'my-secret' } })).not.toThrow('my-secret');
});

test('only serve needs the secret, and it says where the secret comes from', () => {
  expect(() => serveConfig(load({}))).toThrow('SECRET_KEY_BASE is not set');
  expect(serveConfig(load({ environment: { SECRET_KEY_BASE: 'k'.repeat(32) } })).secretKeyBase).toHaveLength(
    32,
  );
});

test('a file that was asked for must exist', () => {
  const tomlPath = join(folder, 'nowhere.toml');
  const sources = { environment: {}, environmentPath: join(folder, 'none'), tomlPath, tomlRequired: true };
  expect(() => loadConfig(sources)).toThrow(`${tomlPath} does not exist`);
});

test.each(['monitor.example.net', 'monitor', '192.0.2.1', '[2001:db8::1]', 'Monitor.Example:8443'])(
  '%s is a public host',
  (host) => {
    expect(load({ environment: { PUBLIC_HOST: host } }).config.publicHost).toBe(host.toLowerCase());
  },
);
