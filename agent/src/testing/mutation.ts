/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A seed of its own for each name. */
export function seedOf(name: string): number {
  return [...name].reduce((sum, character) => (Math.imul(sum, 31) + character.charCodeAt(0)) | 0, 7);
}

const HUGE = ['99999999999999999999999', '-1', 'NaN', '1e999', '18446744073709551615', ''];

function oneOf<Entry>(entries: readonly Entry[], random: () => number): Entry | undefined {
  return entries[Math.floor(random() * entries.length)];
}

/** The text with one thing broken: a byte, a line, a number, a stretch, an order. */
export function mutate(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const lines = text.split('\n');
  const line = Math.floor(random() * lines.length);
  switch (Math.floor(random() * 7)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(32 + Math.floor(random() * 600)) + text.slice(at + 1);
    case 1:
      return lines.toSpliced(line, 1).join('\n');
    case 2:
      return text.slice(0, at);
    case 3:
      return text.replace(/\d+/g, (digits) => (random() < 0.05 ? (oneOf(HUGE, random) ?? '') : digits));
    case 4:
      return text.slice(0, at) + text.slice(at + Math.floor(random() * 40));
    case 5:
      // Long runs of one character are what careless patterns take forever with.
      return (
        text.slice(0, at) +
        (oneOf([' ', '0', 'a', '\t', '.', ':'], random) ?? '').repeat(5_000) +
        text.slice(at)
      );
    default:
      return lines.toSpliced(line, 0, lines[Math.floor(random() * lines.length)] ?? '').join('\n');
  }
}

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e300,
  '',
  '-',
  'x'.repeat(5_000),
  [],
  {},
  [1],
  ...HUGE,
];

/** JSON with one field gone or with a value of another kind. */
export function mutateFields(json: string, random: () => number): string {
  const document: unknown = JSON.parse(json);
  const places: { readonly holder: object; readonly key: string }[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, entry] of Object.entries(value)) {
      places.push({ holder: value, key });
      walk(entry);
    }
  };
  walk(document);
  const place = oneOf(places, random);
  if (place === undefined) return JSON.stringify(oneOf(ODD_VALUES, random));
  if (random() < 0.3) Reflect.deleteProperty(place.holder, place.key);
  else Reflect.set(place.holder, place.key, oneOf(ODD_VALUES, random));
  return JSON.stringify(document);
}
