import type { ServicesDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail, Severity } from '../../src/api/schema.ts';
import { counted } from '../../src/words/number.ts';
import { Absent } from '../components/absent.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { isHere } from './is-here.ts';
import { Section } from './section.tsx';

interface Row {
  readonly unit: string;
  readonly description: string | undefined;
  readonly severity: Severity;
  readonly state: string;
  readonly restarts: number | undefined;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Unit', className: 'mono', cell: ({ unit }) => unit },
  { title: 'State', cell: ({ severity, state }) => <Chip severity={severity} text={state} /> },
  { title: 'Restarts', className: 'num no-phone', cell: ({ restarts }) => restarts ?? <Absent /> },
  { title: 'What it is', className: 'p2 dim', cell: ({ description }) => description ?? <Absent /> },
];

/** What is wrong first; services that are as they should be behind it, and those that need not run last. */
export function serviceRows({ failed, services }: ServicesDocument): Row[] {
  const failedNames = new Set(failed.map(({ unit }) => unit));
  const known = new Set(services.map(({ unit }) => unit));
  const rows = [
    ...failed
      .filter(({ unit }) => !known.has(unit))
      .map(
        ({ unit, description }) =>
          ({ unit, description, severity: 'warn', state: 'failed', restarts: undefined }) as const,
      ),
    ...services.map(({ unit, description, activeState, subState, isExpected, restarts }) => ({
      unit,
      description,
      restarts,
      state: activeState === 'active' ? subState : activeState,
      severity: severityOf(activeState, isExpected, failedNames.has(unit)),
    })),
  ];
  return rows.toSorted((first, second) => rankOf(first) - rankOf(second));
}

/** What failed before what merely does not run. */
function rankOf({ severity, state }: Row): number {
  return RANKS[severity] + (state === 'failed' ? 0 : 0.5);
}

const RANKS: Readonly<Record<Severity, number>> = { crit: 0, warn: 1, info: 2, ok: 3, silent: 4 };

function severityOf(activeState: string, isExpected: boolean, hasFailed: boolean): Severity {
  if (hasFailed || activeState === 'failed') return 'warn';
  if (activeState === 'active') return 'ok';
  return isExpected ? 'warn' : 'silent';
}

export function ServicesSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!isHere(detail, 'services')) return null;
  const document = detail.documents.services?.body;
  const rows = document === undefined ? [] : serviceRows(document);
  const failed = document?.failed.length ?? 0;
  return (
    <Section
      id="services"
      title="Services"
      what="service"
      count={document === undefined ? 0 : 1}
      summary={failed === 0 ? 'no unit failed' : counted(failed, 'unit failed', 'units failed')}
      detail={detail}
      source="services"
    >
      {rows.length === 0 ? (
        <p class="card pad-s dim">None of the services of Proxmox is on this host.</p>
      ) : (
        <DataTable label="Services" columns={COLUMNS} rows={rows} keyOf={({ unit }) => unit} />
      )}
    </Section>
  );
}
