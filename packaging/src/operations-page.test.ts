import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');

const LOG_CALL = /(?<=[lL]og)\??\s*\.(?:info|warn|error|fatal)\(/g;
const FAILURE_CALL = /(?<![\w.])failure\(/g;

/** Here the words come from elsewhere: from the configuration's checks, or from the reasons in explain.ts. */
const WORDS_FROM_ELSEWHERE: readonly string[] = [
  'agent/src/commands/check.ts',
  'agent/src/commands/config.ts',
  'agent/src/commands/helper.ts',
  'agent/src/commands/run.ts',
  'agent/src/link/report.ts',
];

describe('docs/operations.md', () => {
  it('explains every line that server and agent log, and no line that they do not', () => {
    const lines = sources('server/src', 'agent/src').flatMap(({ file, text }) =>
      argumentsOf(text, LOG_CALL).flatMap((args) => {
        const message = args.map(literal).find((words) => words !== undefined);
        if (message !== undefined && message.replaceAll('…', '') !== ' rarely') return [message];
        expect(WORDS_FROM_ELSEWHERE, `${file} logs something without words of its own`).toContain(file);
        return [];
      }),
    );
    expect(explained('What the server logs', 'What the agent logs')).toEqual([...new Set(lines)].sort());
  });

  it('explains every reason that an agent has for having no connection', () => {
    const text = readFileSync(join(ROOT, 'agent/src/link/explain.ts'), 'utf8');
    const reasons = argumentsOf(text, FAILURE_CALL).flatMap((args) => literal(args[1] ?? '') ?? []);
    expect(explained('Why there is no link')).toEqual([...new Set(reasons)].sort());
  });
});

/** First cells of the tables below these headings: what stands there between backticks. */
function explained(...headings: readonly string[]): string[] {
  const parts = PAGE.split(/^### /m).filter((part) =>
    headings.some((heading) => part.startsWith(`${heading}\n`)),
  );
  expect(parts).toHaveLength(headings.length);
  return parts
    .flatMap((part) => [...part.matchAll(/^\| `` ?(.+?) ?`` \||^\| `([^`]+)` \|/gm)])
    .map((match) => match[1] ?? match[2] ?? '')
    .sort();
}

function sources(...folders: readonly string[]): { file: string; text: string }[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/test/.test(name))
      .map((name) => ({ file: join(folder, name), text: readFileSync(join(ROOT, folder, name), 'utf8') })),
  );
}

/** The arguments of every call whose name and bracket match, as they are written. */
function argumentsOf(text: string, call: RegExp): string[][] {
  return [...text.matchAll(call)].map(({ 0: found, index }) => {
    const args = [''];
    let at = index + found.length;
    for (let depth = 1; depth > 0 && at < text.length; ) {
      const end = skipText(text, at);
      const part = text.slice(at, end);
      if ('({['.includes(part)) depth += 1;
      if (')}]'.includes(part)) depth -= 1;
      if (depth === 1 && part === ',') args.push('');
      else if (depth > 0) args[args.length - 1] += part;
      at = end;
    }
    return args.map((argument) => argument.trim());
  });
}

/** The words of a string, a template or several of them joined by +, with … for what is put in; undefined for anything else. */
function literal(expression: string): string | undefined {
  if (!/^['`]/.test(expression)) return undefined;
  let words = '';
  for (let at = 0; at < expression.length; ) {
    const end = skipText(expression, at);
    const part = expression.slice(at, end);
    if (part.startsWith("'")) words += part.slice(1, -1);
    if (part.startsWith('`')) words += templateWords(part);
    at = end;
  }
  return words;
}

function templateWords(template: string): string {
  let words = '';
  for (let at = 1; at < template.length - 1; ) {
    const end = template.startsWith('${', at) ? skipHole(template, at) : at + 1;
    words += end === at + 1 ? template[at] : '…';
    at = end;
  }
  return words;
}

/** Where the string, the template or the character that begins at `at` ends. */
function skipText(text: string, at: number): number {
  const quote = text[at];
  if (quote !== "'" && quote !== '`') return at + 1;
  for (let end = at + 1; end < text.length; ) {
    if (text[end] === quote) return end + 1;
    if (text[end] === '\\') end += 2;
    else end = quote === '`' && text.startsWith('${', end) ? skipHole(text, end) : end + 1;
  }
  return text.length;
}

/** Where what is put into a template at `at` ends. */
function skipHole(text: string, at: number): number {
  let end = at + 2;
  for (let depth = 1; depth > 0 && end < text.length; ) {
    if (text[end] === '{') depth += 1;
    if (text[end] === '}') depth -= 1;
    end = skipText(text, end);
  }
  return end;
}
