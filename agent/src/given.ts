type Given<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

function isGiven<T extends object>(value: Partial<T>): value is Partial<T> & Given<T> {
  return Object.values(value).every((entry) => entry !== undefined);
}

/** The object without the keys that are undefined: what is absent is absent. */
export function given<T extends object>(value: T): Given<T> {
  const copy: Partial<T> = { ...value };
  for (const key of Object.keys(copy)) {
    if (Reflect.get(copy, key) === undefined) Reflect.deleteProperty(copy, key);
  }
  if (!isGiven<T>(copy)) throw new TypeError('unreachable: every undefined key was removed');
  return copy;
}
