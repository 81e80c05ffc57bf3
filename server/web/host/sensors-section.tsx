import type { SensorsDocument } from '@proxmox-monitor/protocol';
import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { Absent } from '../components/absent.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { counted } from '../format/number.ts';
import { isHere } from './is-here.ts';
import { Section } from './section.tsx';

interface Row {
  readonly key: string;
  readonly chip: string;
  readonly label: string;
  readonly value: string;
  readonly limit: string | undefined;
  readonly isHot: boolean;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Sensor', cell: ({ label }) => label },
  {
    title: 'Now',
    className: 'num nw',
    cell: ({ value, isHot }) =>
      isHot ? (
        <span data-s="warn">
          <b class="hot">{value}, alarm</b>
        </span>
      ) : (
        value
      ),
  },
  { title: 'Its limit', className: 'num nw', cell: ({ limit }) => limit ?? <Absent /> },
  { title: 'Chip', className: 'p2 mono dim', cell: ({ chip }) => chip },
];

export function sensorRows({ temperatures, fans }: SensorsDocument): Row[] {
  const celsius = (degrees: number): string => `${Math.round(degrees)} °C`;
  return [
    ...temperatures.map(({ key, chip, label, celsius: now, maximumCelsius, criticalCelsius, isAlarm }) => {
      const limit = criticalCelsius ?? maximumCelsius;
      return {
        key,
        chip,
        label,
        value: celsius(now),
        limit: limit === undefined ? undefined : celsius(limit),
        isHot: isAlarm === true || (limit !== undefined && now >= limit),
      };
    }),
    ...fans.map(
      ({ key, chip, label, rotationsPerMinute: now, minimumRotationsPerMinute: least, isAlarm }) => ({
        key,
        chip,
        label,
        value: `${now} rpm`,
        limit: least === undefined ? undefined : `${least} rpm`,
        isHot: isAlarm === true,
      }),
    ),
  ];
}

export function SensorsSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!isHere(detail, 'sensors')) return null;
  const document = detail.documents.sensors?.body;
  const rows = document === undefined ? [] : sensorRows(document);
  return (
    <Section
      id="sensors"
      title="Sensors"
      what="sensor"
      count={rows.length}
      summary={`${counted(document?.temperatures.length ?? 0, 'temperature')}, ${counted(document?.fans.length ?? 0, 'fan')}`}
      detail={detail}
      source="sensors"
    >
      <DataTable label="Sensors" columns={COLUMNS} rows={rows} keyOf={({ key }) => key} />
    </Section>
  );
}
