/**
 * The order of rows while somebody points at them: it stays as it was, without those that are gone and with
 * new ones at the end, so that nothing moves away under the pointer.
 */
export function heldOrder(shown: readonly string[], wanted: readonly string[]): readonly string[] {
  const present = new Set(wanted);
  const kept = shown.filter((name) => present.has(name));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((name) => !known.has(name))];
}

export function sameOrder(first: readonly string[], second: readonly string[]): boolean {
  return first.length === second.length && first.every((name, index) => name === second[index]);
}
