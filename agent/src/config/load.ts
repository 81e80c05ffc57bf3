import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import { applyOf, type Draft, isKnownTable, unknownKey } from './keys.ts';
import type { ServerAddress } from './server-address.ts';
import { suggest } from './suggest.ts';
import { additionsFolder, type Entry, isTable, listTomlFiles, readTomlFile } from './toml-file.ts';
import { showValue } from './values.ts';

export const DEFAULT_CONFIG_FILE = '/etc/proxmox-monitor/agent.toml';

/** What the agent was told, checked. The token is not in it: see token.ts. */
export interface Config {
  readonly file: string;
  /** Undefined when nobody has said yet where the server is. */
  readonly server: ServerAddress | undefined;
  readonly tokenFile: string;
  readonly caFile: string | undefined;
  /** SHA-256 of public keys in base64; empty when any trusted server will do. */
  readonly pins: readonly string[];
  /** How much is kept on disk while the server cannot be reached. */
  readonly spool: { readonly days: number; readonly megabytes: number };
  readonly disabledCollectors: ReadonlySet<string>;
  /** Intervals that are not the collectors' own, in milliseconds. */
  readonly everyMs: ReadonlyMap<string, number>;
  /** Every value and where it comes from, for people. */
  readonly settings: readonly Setting[];
  /** Sentences for the log: what works, but perhaps not as it was meant. */
  readonly warnings: readonly string[];
}

export interface Setting {
  readonly key: string;
  /** As it stands in TOML; undefined when there is none. */
  readonly value: string | undefined;
  /** A file and line, or "built in". */
  readonly origin: string;
}

/**
 * Reads a main file and then the `*.toml` of the folder beside it (`agent.d` for `agent.toml`); what is read
 * later wins.
 * @throws ConfigError with one line per problem: syntax, a key that nobody knows in the main file, a wrong value
 */
export function loadConfig(file: string, collectorNames: readonly string[]): Config {
  const main = resolve(file);
  if (main !== DEFAULT_CONFIG_FILE && !existsSync(main)) throw new ConfigError(`${main}: no such file`);
  const draft: Draft = { everyMs: new Map() };
  const entries = new Map<string, Entry>();
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const source of [main, ...listTomlFiles(additionsFolder(main))]) {
    for (const entry of readTomlFile(source)) {
      const key = entry.path.join('.');
      const apply = applyOf(entry.path, collectorNames);
      if (apply === undefined) {
        if (isTable(entry.value) && isKnownTable(entry.path, collectorNames)) continue;
        // After a downgrade the agent must still start with what its successor left in agent.d.
        const list = source === main ? problems : warnings;
        list.push(`${entry.origin}: ${notKnown(entry, collectorNames)}`);
        continue;
      }
      try {
        apply(draft, entry, entry.path[1] ?? '');
      } catch (error) {
        problems.push(`${entry.origin}: ${key} ${error instanceof Error ? error.message : String(error)}`);
      }
      warnings.push(...shadowing(key, entries.get(key), entry));
      entries.set(key, entry);
    }
  }
  warnings.push(...strangers(draft, collectorNames));
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return finish(main, draft, entries, warnings);
}

function notKnown(entry: Entry, collectorNames: readonly string[]): string {
  return isKnownTable(entry.path, collectorNames)
    ? `"${entry.path.join('.')}" must be a table: [${entry.path.join('.')}]`
    : unknownKey(entry.path, collectorNames);
}

function shadowing(key: string, before: Entry | undefined, now: Entry): string[] {
  if (before === undefined || showValue(before.value) === showValue(now.value)) return [];
  return [`${key} in ${before.origin} has no effect: ${now.origin} is read later and wins`];
}

function strangers(draft: Draft, collectorNames: readonly string[]): string[] {
  return (draft.disabledCollectors ?? [])
    .filter((name) => !collectorNames.includes(name))
    .map((name) => {
      const likely = suggest(name, collectorNames);
      const hint =
        likely === undefined ? `there are ${collectorNames.join(', ')}` : `did you mean "${likely}"?`;
      return `collectors.disabled names "${name}", which is no collector; ${hint}`;
    });
}

function finish(file: string, draft: Draft, entries: ReadonlyMap<string, Entry>, warnings: string[]): Config {
  const tokenFile = draft.tokenFile ?? join(dirname(file), 'agent.token');
  const settings = (['server.url', 'server.token_file', 'server.ca_file', 'server.pin_sha256'] as const).map(
    (key): Setting => {
      const entry = entries.get(key);
      if (entry !== undefined) return { key, value: showValue(entry.value), origin: entry.origin };
      return {
        key,
        value: key === 'server.token_file' ? showValue(tokenFile) : undefined,
        origin: 'built in',
      };
    },
  );
  const spool = { days: draft.spoolDays ?? 7, megabytes: draft.spoolMegabytes ?? 256 };
  for (const [key, value] of Object.entries(spool)) {
    const origin = entries.get(`spool.${key}`)?.origin ?? 'built in';
    settings.push({ key: `spool.${key}`, value: String(value), origin });
  }
  for (const [key, entry] of entries) {
    if (key.startsWith('collectors.')) {
      settings.push({ key, value: showValue(entry.value), origin: entry.origin });
    }
  }
  return {
    file,
    server: draft.server,
    tokenFile,
    caFile: draft.caFile,
    pins: draft.pins ?? [],
    spool,
    disabledCollectors: new Set(draft.disabledCollectors),
    everyMs: draft.everyMs,
    settings,
    warnings,
  };
}
