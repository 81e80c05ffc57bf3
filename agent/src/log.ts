import { inspect } from 'node:util';

/** Facts beside a message: `pool=tank after="3 min 12 s"`. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One line per change of state, for the journal. Never a token. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  /** Something works less than it should. */
  warn(message: string, fields?: LogFields): void;
  /** Something does not work until somebody does something. */
  error(message: string, fields?: LogFields): void;
}

/** Priorities of syslog, as sd-daemon(3) wants them in front of a line. */
const PRIORITIES = { error: 3, warn: 4, info: 6 } as const;

const MAX_LINE_CHARACTERS = 4096;

/**
 * @param write takes a whole line with its line feed
 * @param withPriority puts `<4>` and the like in front, which journald reads and takes away
 */
export function createLog(write: (line: string) => void, withPriority: boolean): Log {
  const line = (priority: number, message: string, fields: LogFields = {}): void => {
    const prefix = withPriority ? `<${priority}>` : '';
    write(`${prefix}${formatLine(message, fields)}\n`);
  };
  return {
    info: (message, fields) => line(PRIORITIES.info, message, fields),
    warn: (message, fields) => line(PRIORITIES.warn, message, fields),
    error: (message, fields) => line(PRIORITIES.error, message, fields),
  };
}

/** `message key=value`: one line whatever is in it, and no token whoever put it there. */
export function formatLine(message: string, fields: LogFields): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${quote(String(value))}`);
  return hideTokens(oneLine(message + pairs.join(''))).slice(0, MAX_LINE_CHARACTERS);
}

function quote(value: string): string {
  return /^[\w./:@%+-]+$/.test(value) ? value : JSON.stringify(value);
}

/** Control characters, marks of direction and line separators become visible: text from outside may hold them. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

function hideTokens(text: string): string {
  return text.replaceAll(/(pma_[0-9A-Za-z]{12}_)[0-9A-Za-z]+/g, '$1…');
}

/** What an unexpected error says, in one line. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : inspect(error);
}
