/** Latin letters, digits and signs: nothing in it can turn what stands beside it around. */
const PLAIN = /^[\x20-\x7e\u00a0-\u024f]*$/;

/** A name that others gave, within a sentence: whichever way its script runs, the rest stays in place. */
export function isolated(name: string): string {
  return PLAIN.test(name) ? name : `\u2068${name}\u2069`;
}
