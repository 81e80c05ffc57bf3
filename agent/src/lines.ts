import { ParseError } from './errors.ts';

/**
 * The lines of a text of which every one ends with a line break, as those of the kernel and of programs do. One without
 * has lost its end, and with it perhaps the last digits of a number.
 * @param source named in the error
 * @throws ParseError
 */
export function wholeLines(source: string, text: string): string[] {
  if (text === '') return [];
  if (!text.endsWith('\n')) {
    throw new ParseError(`${source} ends in the middle of a line: "${text.slice(-60).split('\n').at(-1)}"`);
  }
  return text.slice(0, -1).split('\n');
}
