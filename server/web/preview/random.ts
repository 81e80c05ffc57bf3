/** A number from 0 to 1 that is always the same for the same text. */
export function steady(text: string): number {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) / 2 ** 32;
}

/** A value that wanders smoothly with time around a middle. */
export function wave(seed: string, atMs: number, middle: number, amplitude: number): number {
  const phase = steady(seed) * 6.28;
  const slow = Math.sin(atMs / 5_400_000 + phase);
  const quick = Math.sin(atMs / 310_000 + phase * 3) * 0.5;
  const noise = steady(`${seed}${Math.floor(atMs / 10_000)}`) - 0.5;
  return Math.max(0, middle + amplitude * (slow * 0.5 + quick * 0.4 + noise * 0.9));
}
