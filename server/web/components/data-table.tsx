import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

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
  /** How many rows there are before the rest is asked for. All of them without it. */
  readonly first?: number;
  /** What a row has to say beyond its columns: opened by a button in its first cell. */
  more?(row: Row): ComponentChildren;
}

/** A plain table: one row for each thing, one column for each fact about it. */
export function DataTable<Row>(props: DataTableProps<Row>): JSX.Element {
  const { label, columns, rows, keyOf, first = rows.length } = props;
  const [isWhole, setWhole] = useState(false);
  // one row more is no longer than the button that stands for it
  const shown = isWhole || rows.length <= first + 1 ? rows : rows.slice(0, first);
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
          {shown.map((row) => (
            <Row key={keyOf(row)} row={row} {...props} />
          ))}
        </tbody>
      </table>
      {shown.length === rows.length ? null : (
        <button type="button" class="more" onClick={() => setWhole(true)}>
          and {rows.length - shown.length} more
        </button>
      )}
    </div>
  );
}

function Row<Item>({
  row,
  columns,
  keyOf,
  more,
}: DataTableProps<Item> & { readonly row: Item }): JSX.Element {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <tr>
        {columns.map(({ className, cell }, index) => (
          <td key={index} class={className}>
            {index === 0 && more !== undefined ? (
              <button
                type="button"
                class="fold"
                aria-expanded={isOpen}
                aria-controls={isOpen ? id : undefined}
                aria-label={`More about ${keyOf(row)}`}
                onClick={() => setOpen(!isOpen)}
              >
                <Icon name="chevron" />
              </button>
            ) : null}
            {cell(row)}
          </td>
        ))}
      </tr>
      {isOpen && more !== undefined ? (
        <tr class="about" id={id}>
          <td colSpan={columns.length}>{more(row)}</td>
        </tr>
      ) : null}
    </>
  );
}
