/**
 * How the numbers of a value differ from those of an earlier one that is the same but for its numbers. In the order in
 * which JSON writes them there is an entry for each number: what was added to it, or as a text what it is now.
 */
export type Difference = (number | string)[];

/** A difference that does not belong to the value that it is applied to. */
export class DifferenceError extends Error {
  override readonly name = 'DifferenceError';
}

/** Decimals that a sum keeps: more than any collector gives, and few enough that both sides round alike. */
const SCALE = 1e6;

/**
 * @returns undefined when more than numbers differ: the value itself has to be told then. Both are plain JSON; a member
 * that is undefined is as absent as one that is not there.
 */
export function differenceOf(before: unknown, after: unknown): Difference | undefined {
  const difference: Difference = [];
  return compare(before, after, difference) ? difference : undefined;
}

/**
 * The value that a difference was taken of. What differs is made anew; every list and object in which nothing differs is
 * the one of the value before, so neither may be changed.
 * @throws DifferenceError when the difference is of another value
 */
export function withDifference(before: unknown, difference: Difference): unknown {
  let at = 0;
  const next = (value: unknown): unknown => {
    if (typeof value === 'number') {
      const entry = difference[at];
      at += 1;
      return sum(value, entry);
    }
    if (typeof value !== 'object' || value === null) return value;
    return Array.isArray(value) ? nextList(value, next) : nextObject(value, next);
  };
  const after = next(before);
  if (at !== difference.length)
    throw new DifferenceError(`${difference.length} differences for ${at} numbers`);
  return after;
}

function nextList(before: readonly unknown[], next: (value: unknown) => unknown): readonly unknown[] {
  let after: unknown[] | undefined;
  for (const [index, entry] of before.entries()) {
    const changed = next(entry);
    if (changed === entry) continue;
    after ??= [...before];
    after[index] = changed;
  }
  return after ?? before;
}

function nextObject(before: object, next: (value: unknown) => unknown): object {
  let after: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(before)) {
    const value = next(member);
    if (value === member) continue;
    after ??= { ...before };
    if (name === PROTO) Object.defineProperty(after, name, { value });
    else after[name] = value;
  }
  return after ?? before;
}

/** A member of this name is one like any other in JSON, but cannot be assigned. */
const PROTO = '__proto__';

function sum(before: number, entry: number | string | undefined): number {
  const after = typeof entry === 'number' ? add(before, entry) : Number(entry);
  if (entry === undefined || entry === '' || !Number.isFinite(after))
    throw new DifferenceError('a difference that is no number');
  return after;
}

function add(before: number, added: number): number {
  const sumOfBoth = before + added;
  return Number.isInteger(before) && Number.isInteger(added)
    ? sumOfBoth
    : Math.round(sumOfBoth * SCALE) / SCALE;
}

function compare(before: unknown, after: unknown, into: Difference): boolean {
  if (typeof before === 'number' && typeof after === 'number') {
    into.push(entryOf(before, after));
    return true;
  }
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null)
    return before === after;
  if (Array.isArray(before) !== Array.isArray(after)) return false;
  const members = present(after);
  const former = present(before);
  return (
    members.length === former.length &&
    members.every(
      ([name, member], index) => name === former[index]?.[0] && compare(former[index][1], member, into),
    )
  );
}

/** Members in the order in which JSON writes them. */
function present(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}

function entryOf(before: number, after: number): number | string {
  const exact = after - before;
  const added = Number.isInteger(exact) ? exact : Math.round(exact * SCALE) / SCALE;
  return add(before, added) === after ? added : String(after);
}
