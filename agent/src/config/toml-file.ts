import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { ConfigError } from '../errors.ts';

/** A value of a configuration file and where it stands. */
export interface Entry {
  /** `['server', 'url']` */
  readonly path: readonly string[];
  readonly value: unknown;
  readonly file: string;
  /** `agent.toml:12` with the whole path of the file; without the line when it cannot be told. */
  readonly origin: string;
}

const MAX_BYTES = 1024 * 1024;

/** What the parser says of the slips that people make, as what to look for. */
const IN_OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ['control characters are not allowed in strings', 'the line ends inside a text: is a quote missing?'],
  ['unfinished string', 'the file ends inside a text: is a quote missing?'],
  ['invalid value', 'not a value; text needs quotes around it'],
  ['illegal character in key', 'neither [table] nor key = value'],
  ['trying to redefine an already defined table or value', 'this was set before in the same file'],
]);

/**
 * The values of a TOML file, tables taken apart. A missing file has none.
 * @throws ConfigError when it cannot be read, or is not TOML: with line and column
 */
export function readTomlFile(file: string): Entry[] {
  const text = readText(file);
  return text === undefined ? [] : parseToml(text, file);
}

/** The `*.toml` files of a folder in the order in which they count, the last one most. */
export function listTomlFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.toml') && !name.startsWith('.'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if (code(error) === 'ENOENT' || code(error) === 'ENOTDIR') return [];
    throw new ConfigError(`${folder}: cannot be read (${code(error)})`, { cause: error });
  }
}

/** @throws ConfigError with line and column when the text is not TOML */
export function parseToml(text: string, file: string): Entry[] {
  let table: unknown;
  try {
    table = parse(text.replace(/^\uFEFF/, ''), { maxDepth: 16 });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const found = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    const what = IN_OTHER_WORDS.get(found) ?? found;
    const line = text.split('\n')[error.line - 1]?.trim() ?? '';
    throw new ConfigError(`${file}:${error.line}:${error.column}: ${what}: ${JSON.stringify(line)}`);
  }
  const lines = keyLines(text);
  return leaves(table, []).map(({ path, value }) => {
    const line = lines.get(path.join('\n'));
    return { path, value, file, origin: line === undefined ? file : `${file}:${line}` };
  });
}

function readText(file: string): string | undefined {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MAX_BYTES) throw new ConfigError(`${file}: is over ${MAX_BYTES} bytes`);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (code(error) === 'ENOENT') return undefined;
    if (code(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new ConfigError(`${file}: is not UTF-8 text`, { cause: error });
    }
    const hint =
      code(error) === 'EACCES' ? `: make it readable (chmod 0644 ${file}) or run this as root` : '';
    throw new ConfigError(`${file}: cannot be read (${code(error)})${hint}`, { cause: error });
  }
}

function leaves(value: unknown, path: readonly string[]): { path: readonly string[]; value: unknown }[] {
  if (!isTable(value) || path.length > 3) return [{ path, value }];
  const entries = Object.entries(value);
  if (entries.length === 0 && path.length > 0) return [{ path, value }];
  return entries.flatMap(([key, child]) => leaves(child, [...path, key]));
}

/** A TOML table, as opposed to an array, a date or a plain value. */
export function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Lines on which keys stand, by path. Good enough to point at: keys inside inline tables are not found. */
function keyLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  let table: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const header = /^\s*\[\s*([^[\]]+?)\s*\]/.exec(line)?.[1];
    const key = /^\s*([\w"'. -]+?)\s*=/.exec(line)?.[1];
    if (header !== undefined) table = keyParts(header);
    else if (key !== undefined) lines.set([...table, ...keyParts(key)].join('\n'), index + 1);
  }
  return lines;
}

function keyParts(key: string): string[] {
  return key.split('.').map((part) => part.trim().replaceAll(/^["']|["']$/g, ''));
}

function code(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** The folder of additions beside a configuration file: `agent.d` for `agent.toml`. */
export function additionsFolder(file: string): string {
  return join(dirname(file), `${basename(file).replace(/\.toml$/, '')}.d`);
}
