/** The name of `known` that somebody who typed `typed` most likely meant, or undefined when none is near. */
export function suggest(typed: string, known: readonly string[]): string | undefined {
  return suggestPath(
    [typed],
    known.map((name) => [name]),
  )?.[0];
}

/** The same for names of several parts, compared from the last part on: `url` is near `server.url`. */
export function suggestPath(
  typed: readonly string[],
  known: readonly (readonly string[])[],
): readonly string[] | undefined {
  let best: { path: readonly string[]; distance: number } | undefined;
  for (const path of known) {
    let distance = 0;
    for (let back = 1; back <= typed.length; back += 1) distance += nearness(typed.at(-back), path.at(-back));
    if (Number.isFinite(distance) && (best === undefined || distance < best.distance))
      best = { path, distance };
  }
  return best?.path;
}

/** How many slips of the keyboard lie between two names; infinite when they are not alike. */
function nearness(typed: string | undefined, known: string | undefined): number {
  if (typed === undefined || known === undefined) return Number.POSITIVE_INFINITY;
  const [a, b] = [fold(typed), fold(known)];
  if (a.length >= 3 && b.startsWith(a)) return a === b ? 0 : 1;
  const distance = editDistance(a, b);
  return distance <= Math.max(1, Math.floor(a.length / 3)) ? distance : Number.POSITIVE_INFINITY;
}

/** Case and the separators that people mix up do not count: `tokenFile`, `token-file`, `token_file`. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/** Damerau-Levenshtein distance with neighbours that change places counted as one edit. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const replaced = at(previous, column - 1) + (same ? 0 : 1);
      let cost = Math.min(at(previous, column) + 1, at(current, column - 1) + 1, replaced);
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforePrevious, column - 2) + 1);
      }
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
