import type { SortColumn } from './sort.ts';

export interface FleetColumn {
  readonly column: SortColumn;
  readonly title: string;
  readonly className: string;
  readonly numeric: boolean;
}

/** Columns in their order. `p4`, `p3`, `p2` say which leave first on a narrow screen. */
export const FLEET_COLUMNS: readonly FleetColumn[] = [
  { column: 'host', title: 'Host', className: 'c-host', numeric: false },
  { column: 'cpu', title: 'CPU, 60 min', className: 'c-cpu', numeric: false },
  { column: 'memory', title: 'Memory', className: 'c-mem p2', numeric: false },
  { column: 'load', title: 'Load', className: 'c-load p4', numeric: true },
  { column: 'storage', title: 'Fullest storage', className: 'c-stor p3', numeric: false },
  { column: 'zfs', title: 'ZFS', className: 'c-zfs', numeric: false },
  { column: 'things', title: 'Disks, guests, backups', className: 'c-things', numeric: false },
  { column: 'network', title: 'In / out MB/s', className: 'c-net p4', numeric: true },
  { column: 'seen', title: 'Seen', className: 'c-seen p2', numeric: true },
];
