import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { type SensorReading, sensorReadings } from '../../src/fleet/findings/sensor-readings.ts';
import { counted } from '../../src/words/number.ts';
import { Absent } from '../components/absent.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { isHere } from './is-here.ts';
import { Section } from './section.tsx';

const COLUMNS: readonly Column<SensorReading>[] = [
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

export function SensorsSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!isHere(detail, 'sensors')) return null;
  const document = detail.documents.sensors?.body;
  const rows = document === undefined ? [] : sensorReadings(document);
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
