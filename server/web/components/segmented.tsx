import type { JSX } from 'preact';

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly text: string; readonly count?: number }[];
  readonly chosen: Value;
  onChoose(value: Value): void;
}

/** One of a few. Counts of zero stay, so that nothing moves. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>): JSX.Element {
  return (
    <fieldset class="seg">
      <legend class="vh">{props.label}</legend>
      {props.options.map(({ value, text, count }) => (
        <button
          type="button"
          key={value}
          aria-pressed={value === props.chosen}
          onClick={() => props.onChoose(value)}
        >
          {text}
          {count === undefined ? null : <b>{count}</b>}
        </button>
      ))}
    </fieldset>
  );
}
