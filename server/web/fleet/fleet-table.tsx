import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { HostSummary } from '../../src/api/schema.ts';
import { Icon } from '../components/icon.tsx';
import { hostPath } from '../host/host-path.ts';
import { bindKeys } from '../state/keys.ts';
import { FLEET_COLUMNS, type FleetColumn } from './columns.ts';
import { type Filter, passes } from './filter.ts';
import { FleetRow } from './fleet-row.tsx';
import { type SortChoice, type SortColumn, sortHosts, sortToText } from './sort.ts';
import { useHeldOrder } from './use-held-order.ts';

interface FleetTableProps {
  readonly hosts: readonly HostSummary[];
  readonly filter: Filter;
  readonly sort: SortChoice;
  onSort(column: SortColumn): void;
  onShowAll(): void;
}

export function FleetTable({ hosts, filter, sort, onSort, onShowAll }: FleetTableProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const wanted = sortHosts(
    hosts.filter((host) => passes(host, filter)),
    sort,
  ).map((host) => host.name);
  const order = useHeldOrder(root, wanted, `${filter} ${sortToText(sort) ?? ''}`);
  const at = useRowKeys(order.names);
  const rows = useRowLimit();
  if (wanted.length === 0) return <NothingHere filter={filter} onShowAll={onShowAll} />;
  const longest = Math.max(...hosts.map((host) => host.name.length));
  return (
    <>
      {order.held ? (
        <p class="held">
          Order changed.{' '}
          <button type="button" class="link" onClick={order.release}>
            Update
          </button>
        </p>
      ) : null}
      <div class="card" ref={root}>
        <table class="tbl fleet" aria-label="Hosts">
          <colgroup>
            {FLEET_COLUMNS.map(({ column, className }) => (
              <col
                key={column}
                class={className}
                {...(column === 'host' && { style: { width: hostWidth(longest) } })}
              />
            ))}
          </colgroup>
          <thead>
            <tr>
              {FLEET_COLUMNS.map((column) => (
                <Heading key={column.column} column={column} sort={sort} onSort={onSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {order.names.slice(0, rows).map((name) => {
              const host = byName.get(name);
              return host === undefined ? null : <FleetRow key={name} host={host} at={name === at} />;
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** More than most screens show. */
const FIRST_ROWS = 30;

/** The first screen is painted before the rows below it are made. */
function useRowLimit(): number {
  const [limit, setLimit] = useState(FIRST_ROWS);
  useEffect(() => {
    requestAnimationFrame(() => setTimeout(() => setLimit(Number.POSITIVE_INFINITY)));
  }, []);
  return limit;
}

/** Names are not cut: the column grows with the longest, up to where other columns would suffer. */
function hostWidth(characters: number): string {
  return `${Math.min(26, Math.max(13, 4.25 + characters * 0.5))}rem`;
}

function Heading({
  column,
  sort,
  onSort,
}: {
  column: FleetColumn;
  sort: SortChoice;
  onSort(column: SortColumn): void;
}): JSX.Element {
  const isSorted = sort?.column === column.column;
  const isDefault = sort === undefined && column.column === 'host';
  const direction = isSorted ? (sort.descending ? 'descending' : 'ascending') : undefined;
  return (
    <th scope="col" class={`${column.className}${column.numeric ? ' num' : ''}`} aria-sort={direction}>
      <button type="button" onClick={() => onSort(column.column)}>
        {column.title}
        {isDefault ? <small>worst first</small> : null}
        {direction === undefined ? null : <Icon name={direction === 'descending' ? 'down' : 'up'} />}
      </button>
    </th>
  );
}

function NothingHere({ filter, onShowAll }: { readonly filter: Filter; onShowAll(): void }): JSX.Element {
  return (
    <section class="card empty">
      <h2>{filter === 'silent' ? 'No host is silent' : 'No host needs attention'}</h2>
      <button type="button" class="btn" onClick={onShowAll}>
        Show all hosts
      </button>
    </section>
  );
}

/** j and k move a mark over the rows, Enter opens the marked one. Returns the marked name. */
function useRowKeys(names: readonly string[]): string | undefined {
  const [at, setAt] = useState<string | undefined>(undefined);
  const current = useRef({ names, at });
  current.current = { names, at };
  useEffect(() => {
    const move = (by: number): void => {
      const index = current.current.names.indexOf(current.current.at ?? '');
      const next = current.current.names[Math.max(0, index + by)];
      if (next !== undefined) setAt(next);
    };
    return bindKeys({
      j: () => move(1),
      k: () => move(-1),
      Escape: () => setAt(undefined),
    });
  }, []);
  useEffect(() => {
    if (at === undefined) return undefined;
    return bindKeys({ Enter: () => location.assign(hostPath(at)) });
  }, [at]);
  return at !== undefined && names.includes(at) ? at : undefined;
}
