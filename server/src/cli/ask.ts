import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CommandError } from './errors.ts';

/** Whether somebody sits there who can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Asks on the terminal.
 * @param isSecret nothing of what is typed is shown
 * @throws CommandError when the answer is Ctrl-C or Ctrl-D
 */
export async function ask(question: string, isSecret = false): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = isSecret ? nowhere : process.stderr;
  if (isSecret) process.stderr.write(question);
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  const giveUp = new AbortController();
  terminal.on('SIGINT', () => giveUp.abort());
  terminal.on('close', () => giveUp.abort());
  try {
    return await terminal.question(isSecret ? '' : question, { signal: giveUp.signal });
  } catch (error) {
    throw new CommandError('given up; nothing was changed', { cause: error });
  } finally {
    terminal.close();
    if (isSecret) process.stderr.write('\n');
  }
}

/**
 * Has the user agree to what cannot be undone.
 * @param isAgreed said with `--yes`
 * @throws CommandError when the answer is no, or when there is nobody who could answer
 */
export async function confirm(question: string, isAgreed: boolean | undefined): Promise<void> {
  requireAnswer(isAgreed);
  if (isAgreed === true) return;
  const answer = await ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('nothing was changed');
}

/** @throws CommandError when `confirm` would find nobody to ask; for before the work that leads to the question */
export function requireAnswer(isAgreed: boolean | undefined): void {
  if (isAgreed !== true && !canAsk()) {
    throw new CommandError('there is no terminal to ask on: say --yes if you mean it; nothing was changed');
  }
}

/**
 * One line from stdin, without its end.
 * @throws CommandError when there is none, or more than one
 */
export async function readLine(): Promise<string> {
  const lines = (await text(process.stdin)).replace(/\r?\n$/, '').split('\n');
  const [line] = lines;
  if (line === undefined || line === '') throw new CommandError('nothing came on stdin: it must be one line');
  if (lines.length > 1) throw new CommandError('more than one line came on stdin');
  return line;
}
