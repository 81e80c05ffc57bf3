/** What a program took, per row of the table. Amounts in bytes. */
export interface Row {
  readonly name: string;
  readonly cpuPercent: number;
  readonly rss: number;
  readonly pss: number;
  readonly privateDirty: number;
  readonly writtenBytes: number;
  readonly majorFaults: number;
  readonly contextSwitchesPerSecond: number;
  /** TCP payload, both ways; undefined where it sends nothing anywhere. */
  readonly wireBytesPerSecond: number | undefined;
}

const MB = 1e6;

const COLUMNS: readonly (readonly [
  heading: string,
  value: (row: Row) => number | undefined,
  digits: number,
])[] = [
  ['CPU % of a core', (row) => row.cpuPercent, 3],
  ['RSS MB', (row) => row.rss / MB, 1],
  ['PSS MB', (row) => row.pss / MB, 1],
  ['private dirty MB', (row) => row.privateDirty / MB, 1],
  ['written kB', (row) => row.writtenBytes / 1000, 0],
  ['major faults', (row) => row.majorFaults, 0],
  ['switches/s', (row) => row.contextSwitchesPerSecond, 1],
  ['wire B/s', (row) => row.wireBytesPerSecond, 0],
];

/** A table in Markdown. Behind each figure of the others stands how many times the first row's it is. */
export function formatTable(rows: readonly Row[]): string {
  const [first] = rows;
  const lines = rows.map((row) => [
    row.name,
    ...COLUMNS.map(([, value, digits]) =>
      cell(value(row), first === undefined || row === first ? undefined : value(first), digits),
    ),
  ]);
  const heading = ['', ...COLUMNS.map(([name]) => name)];
  return [heading, heading.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cell(value: number | undefined, ofFirst: number | undefined, digits: number): string {
  if (value === undefined) return '';
  const ratio = ofFirst === undefined || ofFirst === 0 ? '' : ` (x ${(value / ofFirst).toFixed(1)})`;
  return `${value.toFixed(digits)}${ratio}`;
}

/** Of the agent, by design: reported, never a failure. */
const BUDGETS: readonly (readonly [
  what: string,
  value: (row: Row) => number | undefined,
  most: number,
  unit: string,
])[] = [
  ['processor, children and helper included', (row) => row.cpuPercent, 0.3, '% of a core'],
  ['RSS', (row) => row.rss / MB, 58, 'MB'],
  ['private dirty', (row) => row.privateDirty / MB, 18, 'MB'],
  ['on the wire', (row) => row.wireBytesPerSecond, 200, 'B/s'],
  ['written to disk', (row) => row.writtenBytes, 0, 'bytes'],
  ['major faults', (row) => row.majorFaults, 0, ''],
];

/** A line for each budget: kept or not. */
export function verdict(row: Row | undefined): string[] {
  if (row === undefined) return [];
  return BUDGETS.map(([what, value, most, unit]) => {
    const figure = value(row) ?? 0;
    const shown = Number(figure.toFixed(3));
    return `${figure <= most ? 'kept    ' : 'NOT KEPT'}  ${what}: ${shown} of ${most} ${unit}`.trimEnd();
  });
}
