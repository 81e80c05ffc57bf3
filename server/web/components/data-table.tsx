import type { ComponentChildren, JSX } from 'preact';

export interface Column<Row> {
  readonly title: ComponentChildren;
  /** `num` for figures; `p4`, `p3`, `p2`, `no-phone` say on which screens the column leaves. */
  readonly className?: string;
  cell(row: Row): ComponentChildren;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  keyOf(row: Row): string;
}

/** A plain table: one row for each thing, one column for each fact about it. */
export function DataTable<Row>({ label, columns, rows, keyOf }: DataTableProps<Row>): JSX.Element {
  return (
    <div class="card">
      <table class="tbl" aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ title, className }, index) => (
              <th scope="col" key={index} class={className}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ className, cell }, index) => (
                <td key={index} class={className}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
