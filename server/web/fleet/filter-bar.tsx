import type { JSX } from 'preact';
import type { HostSummary } from '../../src/api/schema.ts';
import { Segmented } from '../components/segmented.tsx';
import { countByFilter, FILTERS, type Filter } from './filter.ts';

const NAMES: Readonly<Record<Filter, string>> = { all: 'All', attention: 'Attention', silent: 'Silent' };

interface FilterBarProps {
  readonly hosts: readonly HostSummary[];
  readonly filter: Filter;
  onChoose(filter: Filter): void;
}

export function FilterBar({ hosts, filter, onChoose }: FilterBarProps): JSX.Element {
  const counts = countByFilter(hosts);
  const options = FILTERS.map((value) => ({ value, text: NAMES[value], count: counts[value] }));
  return (
    <div class="bar">
      <Segmented label="Show" options={options} chosen={filter} onChoose={onChoose} />
    </div>
  );
}
