/** Only the fields that there are: what is absent must not travel as nothing. */
export function given<Values extends object>(
  values: Values,
): { [Key in keyof Values]?: Exclude<Values[Key], undefined> } {
  const result: { [Key in keyof Values]?: Exclude<Values[Key], undefined> } = {};
  for (const key of keysOf(values)) {
    const value = values[key];
    if (isGiven(value)) result[key] = value;
  }
  return result;
}

function keysOf<Values extends object>(values: Values): (keyof Values)[] {
  // Object.keys is typed for objects that may have more keys than their type says; these are literals.
  return Object.keys(values) as (keyof Values)[];
}

function isGiven<Value>(value: Value): value is Exclude<Value, undefined> {
  return value !== undefined;
}
