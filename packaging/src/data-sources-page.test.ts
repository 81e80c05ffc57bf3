import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Documents, HelloFrame, SMART_COUNTERS, Source } from '@proxmox-monitor/protocol';
import { describe, expect, it, test } from 'vitest';
import { DF_ARGUMENTS } from '../../agent/src/collectors/df.ts';
import { collectors } from '../../agent/src/collectors/index.ts';
import { formatDuration } from '../../agent/src/duration.ts';
import { PROGRAMS } from '../../agent/src/programs.ts';
import { DATASET_COLUMNS } from '../../agent/src/zfs/datasets.ts';
import { LIST_COLUMNS } from '../../agent/src/zfs/list-text.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/data-sources.md'), 'utf8');

/** Sections of fields, by their headings: the documents, and what stands beside them in frames. */
const SCHEMAS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['hello', HelloFrame],
  ['sources', Source],
  ...Object.entries(Documents.properties),
]);

describe('docs/data-sources.md', () => {
  it('has a section for each document and for nothing else, in the order of the schema', () => {
    const withFields = [...sections().keys()].filter((heading) => /^[a-z]\w+$/.test(heading));
    expect(withFields).toEqual([...SCHEMAS.keys()]);
  });

  test.each([...SCHEMAS])('says of each field of %s where it comes from, once', (heading, schema) => {
    const section = sections().get(heading) ?? '';
    const rows = rowsOf(section);
    expect(sorted(namedIn(rows))).toEqual(sorted(pathsOf(schema)));
    for (const [fields, source] of rows) expect(source, `nothing is said of ${fields}`).not.toBe('');
  });

  it('gives the intervals and time-outs that the collectors have', () => {
    const told = rowsOf(sections().get('Collectors') ?? '').map((cells) => cells.slice(0, 4));
    expect(told).toEqual(
      collectors.map(({ name, runsIn, everyMs, timeoutMs }) => [
        `[\`${name}\`](#${name.toLowerCase()})`,
        runsIn ?? 'agent',
        formatDuration(everyMs),
        formatDuration(timeoutMs),
      ]),
    );
  });

  it('names every program that the agent may start, and no other', () => {
    const told = programs().map((call) => call.split(' ')[0]);
    expect(new Set(told)).toEqual(new Set(Object.keys(PROGRAMS)));
  });

  it('gives the columns that df, zpool and zfs are asked for', () => {
    const calls = programs().join('\n');
    expect(calls).toContain(`df ${DF_ARGUMENTS.join(' ')} MOUNTPOINT…`);
    expect(calls).toContain(`zpool list -Hp -o ${LIST_COLUMNS.join(',')}`);
    expect(calls).toContain(`zfs list -Hp -t filesystem,volume -o ${DATASET_COLUMNS.join(',')}`);
  });
});

/** Text below each heading of the second level. */
function sections(): Map<string, string> {
  return new Map(
    PAGE.split(/^## /m)
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n');
        return [part.slice(0, end).trim(), part.slice(end)];
      }),
  );
}

/** Cells of each row of the tables, without the rows of headings. */
function rowsOf(section: string): string[][] {
  const rows: string[][] = [];
  for (const line of section.split('\n')) {
    if (/^\|[-| ]+\|$/.test(line)) rows.pop();
    else if (line.startsWith('|')) {
      // A bar inside of a cell is written with a backslash.
      rows.push(
        line
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    }
  }
  return rows;
}

/** Calls of the table of programs. */
function programs(): string[] {
  return rowsOf(sections().get('Programs') ?? '').flatMap(([call]) => named(call ?? ''));
}

function namedIn(rows: readonly string[][]): string[] {
  return rows.flatMap(([fields]) => named(fields ?? ''));
}

function named(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

/** Every field of a schema as a path: `disks[]`, `disks[].name`, `cluster.quorate`. */
function pathsOf(schema: unknown, path = ''): string[] {
  const field = (name: string): unknown => Reflect.get(Object(schema), name);
  const items = field('items');
  if (items !== undefined) return pathsOf(items, `${path}[]`);
  const own = path === '' ? [] : [path];
  const properties = Object.entries(Object(field('properties')));
  const inside = properties.flatMap(([name, value]) =>
    pathsOf(value, path === '' ? name : `${path}.${name}`),
  );
  // A record of counters has the names that are agreed upon.
  const isCounters = path.endsWith('.counters');
  return [...own, ...inside, ...(isCounters ? SMART_COUNTERS.map((name) => `${path}.${name}`) : [])];
}

function sorted(names: readonly string[]): string[] {
  return names.toSorted((one, other) => (one < other ? -1 : 1));
}
