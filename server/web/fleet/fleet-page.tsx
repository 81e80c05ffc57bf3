import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { readParameter, writeParameter } from '../state/address.ts';
import { hosts } from '../state/store.ts';
import { type Filter, filterFromText } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import { FirstStart } from './first-start.tsx';
import { FleetTable } from './fleet-table.tsx';
import { nextSort, type SortColumn, sortFromText, sortToText } from './sort.ts';
import { TotalsView } from './totals-view.tsx';
import { VerdictView } from './verdict-view.tsx';

export function FleetPage(): JSX.Element {
  const [filter, setFilter] = useState(() => filterFromText(readParameter('show')));
  const [sort, setSort] = useState(() => sortFromText(readParameter('sort')));
  const all = hosts.value;
  if (all.length === 0) return <FirstStart />;
  const chooseFilter = (chosen: Filter): void => {
    setFilter(chosen);
    writeParameter('show', chosen === 'all' ? undefined : chosen);
  };
  const chooseSort = (column: SortColumn): void => {
    const chosen = nextSort(sort, column);
    setSort(chosen);
    writeParameter('sort', sortToText(chosen));
  };
  return (
    <main id="main">
      <VerdictView hosts={all} />
      <TotalsView hosts={all} />
      <FilterBar hosts={all} filter={filter} onChoose={chooseFilter} />
      <FleetTable
        hosts={all}
        filter={filter}
        sort={sort}
        onSort={chooseSort}
        onShowAll={() => chooseFilter('all')}
      />
    </main>
  );
}
