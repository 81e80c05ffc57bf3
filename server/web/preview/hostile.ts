/** What somebody may call a guest, a disk or a pool: markup, another direction of script, no place to break. */
const NASTY = ` "><img src=x onerror=alert(1)> \u202egnp.exe مرحبا 🦄 ${'x'.repeat(80)}`;

/** Strings of these keys are of a closed set; the dashboard's code tells them apart. */
const CLOSED: ReadonlySet<string> = new Set([
  'state',
  'status',
  'type',
  'kind',
  'class',
  'role',
  'health',
  'severity',
  'function',
  'result',
  'selection',
  'when',
  'counter',
  'valuesFrom',
  'haState',
  'activeState',
  'subState',
  'keyStatus',
]);

/** The same documents with every name and text in them made nasty; what was equal stays equal. */
export function madeHostile<Value>(value: Value): Value;
export function madeHostile(value: unknown): unknown {
  return nested(value, '');
}

function nested(value: unknown, key: string): unknown {
  if (typeof value === 'string') return CLOSED.has(key) ? value : value + NASTY;
  if (Array.isArray(value)) return value.map((item: unknown) => nested(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [name, nested(item, name)]),
  );
}
