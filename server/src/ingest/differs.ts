/**
 * Whether two values of JSON are the same but for their numbers: a counter grew, a temperature moved; no state changed
 * and nothing came or went.
 */
export function differsInNumbersOnly(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  if (typeof before === 'number') return typeof after === 'number';
  if (Array.isArray(before)) {
    return (
      Array.isArray(after) &&
      before.length === after.length &&
      before.every((each, index) => differsInNumbersOnly(each, after[index]))
    );
  }
  if (!isObject(before) || !isObject(after) || Array.isArray(after)) return false;
  const names = Object.keys(before);
  return (
    names.length === Object.keys(after).length &&
    names.every((name) => Object.hasOwn(after, name) && differsInNumbersOnly(before[name], after[name]))
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
