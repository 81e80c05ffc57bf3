import type { JSX } from 'preact';
import type { HostDetail } from '../../src/api/schema.ts';
import { type Certificate, certificateState } from '../../src/fleet/findings/certificate-state.ts';
import { counted } from '../../src/words/number.ts';
import { Absent } from '../components/absent.tsx';
import { Moment } from '../components/ago.tsx';
import { Chip } from '../components/chip.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Name } from '../components/name.tsx';
import { isHere } from '../host/is-here.ts';
import { Section } from '../host/section.tsx';

type Row = Certificate & { readonly skewMs: number; readonly hostNowMs: number };

const COLUMNS: readonly Column<Row>[] = [
  {
    title: 'Certificate',
    cell: ({ subject, names, isAuthority }) => (
      <>
        <Name text={subject} />
        {isAuthority ? <span class="tag">authority</span> : null}
        {names.length === 0 ? null : (
          <small>
            <Name text={names.join(', ')} />
          </small>
        )}
      </>
    ),
  },
  {
    title: 'Valid',
    cell: (row) => <Chip {...certificateState(row, row.hostNowMs)} />,
  },
  {
    title: 'Until',
    className: 'num nw no-phone',
    cell: ({ validToMs, skewMs }) => <Moment atMs={validToMs - skewMs} />,
  },
  {
    title: 'Signed by',
    className: 'p2',
    cell: ({ issuer, subject }) => (issuer === subject ? <Absent why="itself" /> : <Name text={issuer} />),
  },
  { title: 'File', className: 'p3 mono dim', cell: ({ path }) => path },
];

export function CertificatesSection({ detail }: { readonly detail: HostDetail }): JSX.Element | null {
  if (!isHere(detail, 'certificates')) return null;
  const skewMs = detail.clockSkewMs ?? 0;
  const rows = (detail.documents.certificates?.body.certificates ?? [])
    .toSorted((first, second) => first.validToMs - second.validToMs)
    .map((certificate) => ({ ...certificate, skewMs, hostNowMs: detail.serverTimeMs + skewMs }));
  return (
    <Section
      id="certificates"
      title="Certificates"
      what="certificate of Proxmox"
      count={rows.length}
      summary={counted(rows.length, 'certificate')}
      detail={detail}
      source="certificates"
    >
      <DataTable label="Certificates" columns={COLUMNS} rows={rows} keyOf={({ path }) => path} />
    </Section>
  );
}
