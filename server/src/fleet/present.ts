/** `{ [key]: value }`, or nothing when there is no value: what is absent has no key at all. */
export function present<Key extends string, Value>(
  key: Key,
  value: Value | null | undefined,
): { [Name in Key]?: Value } {
  const entry: { [Name in Key]?: Value } = {};
  if (value !== null && value !== undefined) entry[key] = value;
  return entry;
}
