/** For tests. Mulberry32: random enough, and the same numbers from 0 up to 1 for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 up to, and without, `end`. */
export function below(end: number, next: () => number): number {
  return Math.floor(next() * end);
}

/** A new order of the same entries. */
export function shuffled<Entry>(entries: readonly Entry[], next: () => number): Entry[] {
  const all = [...entries];
  for (let index = all.length - 1; index > 0; index -= 1) {
    const other = below(index + 1, next);
    const [a, b] = [all[index], all[other]];
    if (a !== undefined && b !== undefined) [all[index], all[other]] = [b, a];
  }
  return all;
}
