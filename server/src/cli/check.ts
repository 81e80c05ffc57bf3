import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { type LoadedConfig, serveConfig } from '../config/load.ts';
import { type RawValue, SETTINGS, type SettingName } from '../config/settings.ts';
import { authorityFindings } from './check-authority.ts';
import { backupFindings } from './check-backups.ts';
import { databaseFindings } from './check-database.ts';
import { type CommandOptions, prepare } from './context.ts';
import { messageOf } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { Finding } from './finding.ts';
import { print, table } from './output.ts';

export interface CheckOptions extends CommandOptions {
  /** Reads the whole database, indexes included. */
  readonly full?: boolean;
}

/** Shows every setting with its origin and tries what the server needs. Changes nothing. */
export async function runCheck(options: CheckOptions): Promise<number> {
  const loaded = prepare(options);
  print(`${table(settingRows(loaded))}\n`);
  const findings = [
    secretFinding(loaded),
    ...databaseFindings(loaded.config, options.full === true),
    ...backupFindings(loaded.config, systemClock.now()),
    publicHostFinding(loaded.config),
    ...(await authorityFindings(loaded.config)),
    webFinding(loaded.config),
    await portFinding(loaded.config),
  ];
  print(table(findings.map(({ verdict, what, found }) => [verdict, what, found])));
  return findings.some(({ verdict }) => verdict === 'FAILED') ? EXIT.failure : EXIT.ok;
}

const DAY_MS = 86_400_000;

type LoadedValues = LoadedConfig['config'];

function settingRows({ config, origins }: LoadedConfig): string[][] {
  const [fineMs, minuteMs, tenMinutesMs, hourMs] = config.retention;
  const values: Record<SettingName, RawValue | undefined> = {
    ...config,
    keepSamplesHours: undefined,
    fineDays: fineMs / DAY_MS,
    minuteDays: minuteMs / DAY_MS,
    tenMinutesDays: tenMinutesMs / DAY_MS,
    hourDays: hourMs / DAY_MS,
    secretKeyBase: config.secretKeyBase && '(set)',
    passwordHashSeed: config.passwordHashSeed && '(set)',
  };
  const names = Object.keys(SETTINGS)
    .filter((name): name is SettingName => name in SETTINGS)
    .filter((name) => name !== 'keepSamplesHours' || origins[name] !== 'default');
  return names.map((name) => {
    const { toml, environment }: { toml: readonly string[] | undefined; environment: string | undefined } =
      SETTINGS[name];
    return [toml?.join('.') ?? environment ?? name, String(values[name] ?? '(not set)'), origins[name]];
  });
}

function secretFinding(loaded: LoadedConfig): Finding {
  const what = 'secret';
  try {
    serveConfig(loaded);
    return { verdict: 'ok', what, found: 'SECRET_KEY_BASE is set' };
  } catch (error) {
    return { verdict: 'FAILED', what, found: messageOf(error) };
  }
}

function publicHostFinding({ publicHost }: LoadedValues): Finding {
  const what = 'public host';
  return publicHost === undefined
    ? { verdict: 'note', what, found: 'PUBLIC_HOST is not set: the dashboard works on this machine only' }
    : { verdict: 'ok', what, found: `https://${publicHost}` };
}

function webFinding({ webFolder }: LoadedValues): Finding {
  const what = 'dashboard';
  return existsSync(webFolder)
    ? { verdict: 'ok', what, found: webFolder }
    : { verdict: 'FAILED', what, found: `${webFolder} does not exist: is the package complete?` };
}

async function portFinding({
  listenAddress,
  port,
}: Pick<Config, 'listenAddress' | 'port'>): Promise<Finding> {
  const what = 'port';
  const where = `${listenAddress}:${port}`;
  if (await serverAnswers(listenAddress, port))
    return { verdict: 'ok', what, found: `the server answers on ${where}` };
  const problem = await whyNotFree(listenAddress, port);
  return problem === undefined
    ? { verdict: 'note', what, found: `${where} is free: the server does not run` }
    : { verdict: 'FAILED', what, found: `${where}: ${problem}` };
}

async function serverAnswers(address: string, port: number): Promise<boolean> {
  const host = address.includes(':') ? `[${address}]` : address;
  try {
    const response = await fetch(`http://${host}:${port}/healthz`, { signal: AbortSignal.timeout(3_000) });
    return response.ok && (await response.text()).includes('"ok"');
  } catch {
    return false;
  }
}

function whyNotFree(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) =>
      resolve(/EADDRINUSE/.test(error.message) ? 'another program listens there' : error.message),
    );
    probe.listen(port, address, () => probe.close(() => resolve(undefined)));
  });
}
