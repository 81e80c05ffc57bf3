import { isolated } from './isolated.ts';

/** How many things one sentence names. */
const NAMED = 3;

/** "a, b, c, and 1 more" */
export function namedList(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).map(isolated).join(', ') + (more > 0 ? `, and ${more} more` : '');
}

/** "SMART", "SMART and Guests", "a, b and c" */
export function allOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A reason that others worded, to be followed by a full stop. */
export function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}
