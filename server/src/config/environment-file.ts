import { readFileSync } from 'node:fs';

/**
 * Reads `KEY=value` lines as systemd reads an `EnvironmentFile=`: nothing is expanded and nothing is run.
 * Format: systemd.exec(5). Values may be 'quoted', "quoted", or bare with backslashes; lines that begin with
 * # or ; are comments; a line without = is skipped.
 */
export function parseEnvironmentFile(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  let rest = text;
  while (rest !== '') {
    const line = /^[ \t]*([^\n]*)\n?/.exec(rest);
    const content = line?.[1] ?? '';
    const equals = content.indexOf('=');
    if (equals < 0 || /^[#;]/.test(content)) {
      rest = rest.slice(line?.[0].length ?? rest.length);
      continue;
    }
    const start = rest.indexOf('=') + 1;
    const { value, length } = readValue(rest.slice(start));
    variables.set(content.slice(0, equals).trimEnd(), value);
    rest = rest.slice(start + length);
  }
  return variables;
}

/** Reads up to the end of the value's line; quotes and backslashes may carry it over several. */
function readValue(text: string): { value: string; length: number } {
  let value = '';
  let position = 0;
  // quotes mean something at the start and after another quoted part; inside a bare word they are letters
  let bare = false;
  while (position < text.length) {
    const character = text.charAt(position);
    if (character === '\n') return { value: trim(value, bare), length: position + 1 };
    if (!bare && (character === "'" || character === '"')) {
      const part = readQuoted(text, position, character);
      value += part.value;
      position = part.end;
      continue;
    }
    if (character === '\\') {
      const next = text.charAt(position + 1);
      if (next !== '\n') value += next;
      bare = true;
      position += 2;
      continue;
    }
    if (bare || !/\s/.test(character)) {
      value += character;
      bare = true;
    }
    position += 1;
  }
  return { value: trim(value, bare), length: text.length };
}

function trim(value: string, bare: boolean): string {
  return bare ? value.trimEnd() : value;
}

function readQuoted(text: string, start: number, quote: string): { value: string; end: number } {
  let value = '';
  let position = start + 1;
  while (position < text.length && text.charAt(position) !== quote) {
    if (quote === '"' && text.charAt(position) === '\\') {
      const next = text.charAt(position + 1);
      if (/["\\$`]/.test(next)) value += next;
      else if (next !== '\n') value += `\\${next}`;
      position += 2;
      continue;
    }
    value += text.charAt(position);
    position += 1;
  }
  return { value, end: position + 1 };
}

/** The file's variables; none when it does not exist or is not for this user to read (0600, root). */
export function readEnvironmentFile(path: string): ReadonlyMap<string, string> {
  try {
    return parseEnvironmentFile(readFileSync(path, 'utf8'));
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      ['ENOENT', 'EACCES', 'ENOTDIR'].includes(String(error.code))
    ) {
      return new Map();
    }
    throw error;
  }
}
