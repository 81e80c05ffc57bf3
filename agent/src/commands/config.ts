import { collectors } from '../collectors/index.ts';
import { EXIT_INVALID_CONFIG } from '../config/configured.ts';
import { readEnvironment } from '../config/environment.ts';
import type { Setting } from '../config/load.ts';
import type { Prepared } from '../prepare.ts';
import { logOf, prepareOrTell } from './run.ts';

export interface ConfigOptions {
  /** Path of agent.toml. */
  readonly config: string;
}

/** Prints what holds and where it comes from. The token stays hidden. */
export function runConfig({ config }: ConfigOptions): Promise<number> {
  const environment = readEnvironment();
  const log = logOf(environment.underSystemd);
  const prepared = prepareOrTell(config, environment.credentialsFolder, log);
  if (prepared === undefined) return Promise.resolve(EXIT_INVALID_CONFIG);
  process.stdout.write(`${effectiveConfig(prepared).join('\n')}\n`);
  for (const warning of prepared.config.warnings) log.warn(warning);
  if (typeof prepared.target === 'string') log.warn(prepared.target);
  return Promise.resolve(0);
}

/** One line per value: `server.url = "https://…"  # /etc/proxmox-monitor/agent.toml:3`. */
export function effectiveConfig({ config, token }: Prepared): string[] {
  const settings: Setting[] = [
    ...config.settings,
    { key: 'token', value: token?.display, origin: token?.origin ?? 'no file' },
  ];
  const known = new Set(settings.map(({ key }) => key));
  for (const { name, everyMs } of collectors) {
    const key = `collectors.${name}.every_seconds`;
    if (!known.has(key)) settings.push({ key, value: String(everyMs / 1000), origin: 'built in' });
  }
  return settings.map(({ key, value, origin }) =>
    value === undefined ? `# ${key} is not set` : `${key} = ${value}  # ${origin}`,
  );
}
