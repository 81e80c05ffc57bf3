import { LIMITS, type ZfsDataset } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';

/**
 * The columns that `zfs list` is asked for, in this order. By name: "all" would tell of the agent's own mounts, which
 * its sandbox made read-only.
 */
export const DATASET_COLUMNS = [
  'name',
  'type',
  'used',
  'available',
  'referenced',
  'usedbysnapshots',
  'quota',
  'refquota',
  'volsize',
  'compressratio',
  'compression',
  'encryption',
  'keystatus',
] as const;

/**
 * Parses a line of `zfs list -Hp -o` with DATASET_COLUMNS: tabs between columns, exact numbers, `-` or `none` for what
 * there is not, 0 for no quota.
 * @throws ParseError
 */
export function parseDatasetLine(line: string): ZfsDataset {
  const cells = line.split('\t');
  const cell = (column: (typeof DATASET_COLUMNS)[number]): string | undefined => {
    const value = cells[DATASET_COLUMNS.indexOf(column)];
    return value === undefined || value === '' || value === '-' || value === 'none' ? undefined : value;
  };
  const number = (column: (typeof DATASET_COLUMNS)[number]): number | undefined => {
    const value = cell(column);
    if (value === undefined) return undefined;
    if (/^\d{1,20}(?:\.\d{1,6})?x?$/.test(value)) return Number(value.replace('x', ''));
    throw new ParseError(`zfs list has "${value.slice(0, 40)}" as ${column}`);
  };
  const quota = (column: 'quota' | 'refquota'): number | undefined => number(column) || undefined;
  const name = cell('name');
  const type = cell('type');
  const usedBytes = number('used');
  if (
    cells.length < DATASET_COLUMNS.length ||
    name === undefined ||
    usedBytes === undefined ||
    (type !== 'filesystem' && type !== 'volume')
  ) {
    throw new ParseError(`zfs list printed "${line.slice(0, 60)}"`);
  }
  const encryption = cell('encryption');
  return {
    name: name.slice(0, LIMITS.nameLength),
    type,
    usedBytes,
    ...given({
      availableBytes: number('available'),
      referencedBytes: number('referenced'),
      usedBySnapshotsBytes: number('usedbysnapshots'),
      quotaBytes: quota('quota'),
      refquotaBytes: quota('refquota'),
      volumeBytes: number('volsize'),
      compressRatio: number('compressratio'),
      compression: cell('compression'),
      encryption: encryption === 'off' ? undefined : encryption,
      keyStatus: cell('keystatus'),
    }),
  };
}
