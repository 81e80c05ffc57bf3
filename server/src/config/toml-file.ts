import { readFileSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import { closest } from './closest.ts';
import { ConfigError } from './errors.ts';
import { type RawValue, SETTINGS } from './settings.ts';

/** A value of server.toml and where it stands: "/etc/proxmox-monitor/server.toml:3". */
export interface TomlValue {
  readonly value: RawValue;
  readonly place: string;
}

/** Values by "table.key". */
export type TomlValues = ReadonlyMap<string, TomlValue>;

const KNOWN = new Map<string, readonly string[]>();
for (const { toml } of Object.values(SETTINGS)) {
  if (toml !== undefined) KNOWN.set(toml[0], [...(KNOWN.get(toml[0]) ?? []), toml[1]]);
}

const SECRETS = new Map(
  Object.values(SETTINGS).flatMap(({ toml, environment }) =>
    toml === undefined && environment !== undefined ? [[environment.toLowerCase(), environment]] : [],
  ),
);

/**
 * @returns undefined when there is no such file
 * @throws ConfigError when it cannot be read
 */
export function readTomlFile(path: string): TomlValues | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${path} cannot be read: ${message}`, { cause: error });
  }
  return parseToml(text, path);
}

/**
 * @throws ConfigError with line and column for an error of syntax, with the likely key for an unknown one
 */
export function parseToml(text: string, path: string): TomlValues {
  const values = new Map<string, TomlValue>();
  for (const [table, content] of Object.entries(parseSyntax(text, path))) {
    const keys = KNOWN.get(table);
    const place = placeOf(text, path, table, undefined);
    if (keys === undefined) throw new ConfigError(`${place}: ${unknownTable(table)}`);
    if (!isTable(content)) {
      throw new ConfigError(`${place}: ${table} is a table: write [${table}] on a line of its own`);
    }
    for (const [key, value] of Object.entries(content)) {
      const keyPlace = placeOf(text, path, table, key);
      if (!keys.includes(key)) throw new ConfigError(`${keyPlace}: ${unknownKey(table, key, keys)}`);
      if (!isRawValue(value)) {
        throw new ConfigError(
          `${keyPlace}: ${table}.${key} must be a text in quotes, a number, true or false, or a list of texts`,
        );
      }
      values.set(`${table}.${key}`, { value, place: keyPlace });
    }
  }
  return values;
}

function isRawValue(value: unknown): value is RawValue {
  if (Array.isArray(value)) return value.every((entry) => typeof entry === 'string');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function parseSyntax(text: string, path: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '');
    throw new ConfigError(`${path}:${error.line}:${error.column}: ${reason}`, { cause: error });
  }
}

function unknownTable(table: string): string {
  const home = [...KNOWN].find(([, keys]) => keys.includes(table));
  if (home !== undefined) return `${table} belongs below [${home[0]}]`;
  return secret(table) ?? `nothing is called ${table} here${hint(closest(table, [...KNOWN.keys()]))}`;
}

function unknownKey(table: string, key: string, keys: readonly string[]): string {
  const home = [...KNOWN].find(([, others]) => others.includes(key));
  if (home !== undefined) return `${key} belongs below [${home[0]}], not below [${table}]`;
  return secret(key) ?? `[${table}] has no key ${key}${hint(closest(key, keys))}`;
}

function secret(key: string): string | undefined {
  const variable = SECRETS.get(key.toLowerCase());
  return variable === undefined
    ? undefined
    : `${key} is a secret, and everybody may read this file: set ${variable} in /etc/default/proxmox-monitor`;
}

function hint(likely: string | undefined): string {
  return likely === undefined ? '' : `; did you mean ${likely}?`;
}

/** File and line of a table's header, or of a key below it. Only the file when the line is not found. */
function placeOf(text: string, path: string, table: string, key: string | undefined): string {
  let current = '';
  for (const [index, line] of text.split('\n').entries()) {
    const header = /^\s*\[\s*["']?([^\]"']+?)["']?\s*\]/.exec(line)?.[1];
    if (header !== undefined) current = header;
    const name = /^\s*["']?([A-Za-z0-9_-]+)["']?\s*[=.]/.exec(line)?.[1];
    const found =
      key === undefined
        ? header === table || (current === '' && name === table)
        : current === table && name === key;
    if (found) return `${path}:${index + 1}`;
  }
  return path;
}
