import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import { wholeLines } from '../lines.ts';

/** The columns that `zpool list` is asked for, in this order. */
export const LIST_COLUMNS = [
  'name',
  'guid',
  'health',
  'size',
  'allocated',
  'free',
  'fragmentation',
  'capacity',
  'dedupratio',
  'expandsize',
  'freeing',
  'leaked',
  'readonly',
  'checkpoint',
  'autotrim',
  'altroot',
] as const;

/** What `zpool list` knows of a pool. Sizes are absent for a pool that cannot be measured. */
export interface ListedPool {
  readonly name: string;
  readonly guid?: string;
  readonly sizeBytes?: number;
  readonly allocatedBytes?: number;
  readonly freeBytes?: number;
  readonly fragmentationPercent?: number;
  readonly capacityPercent?: number;
  readonly dedupRatio?: number;
  readonly readOnly?: boolean;
  readonly checkpointBytes?: number;
}

/**
 * Parses `zpool list -Hp -o` with LIST_COLUMNS: tabs between columns, exact numbers, `-` for what is not
 * known. Further columns are ignored.
 * @throws ParseError
 */
export function parseListText(text: string): ListedPool[] {
  if (text.trim() === 'no pools available') return [];
  return wholeLines('what zpool list printed', text)
    .filter((line) => line !== '')
    .map(parseLine);
}

function parseLine(line: string): ListedPool {
  const cells = line.split('\t');
  if (cells.length < LIST_COLUMNS.length) {
    throw new ParseError(`zpool list printed ${cells.length} columns instead of ${LIST_COLUMNS.length}`);
  }
  const cell = (column: (typeof LIST_COLUMNS)[number]): string | undefined => {
    const value = cells[LIST_COLUMNS.indexOf(column)];
    return value === undefined || value === '-' || value === '' ? undefined : value;
  };
  const number = (column: (typeof LIST_COLUMNS)[number]): number | undefined => {
    const value = cell(column);
    if (value === undefined) return undefined;
    // The ratio of deduplication is "1.00", or "1.00x" without -p.
    if (!/^\d{1,20}(?:\.\d{1,6})?x?$/.test(value)) {
      throw new ParseError(`zpool list has "${value.slice(0, 40)}" as ${column}`);
    }
    return Number(value.replace('x', ''));
  };
  const name = cell('name');
  const guid = cell('guid');
  if (name === undefined) throw new ParseError('zpool list has a pool without a name');
  if (guid !== undefined && !/^\d{1,20}$/.test(guid))
    throw new ParseError(`zpool list has "${guid.slice(0, 40)}" as guid`);
  const readOnly = cell('readonly');
  return given({
    name,
    guid,
    sizeBytes: number('size'),
    allocatedBytes: number('allocated'),
    freeBytes: number('free'),
    fragmentationPercent: number('fragmentation'),
    capacityPercent: number('capacity'),
    dedupRatio: number('dedupratio'),
    readOnly: readOnly === undefined ? undefined : readOnly === 'on',
    checkpointBytes: number('checkpoint'),
  });
}
