import type { JSX } from 'preact';

/** A name that others gave, such as a guest's: whichever way its script runs, what stands beside it stays in place. */
export function Name({ text, mono }: { readonly text: string; readonly mono?: boolean }): JSX.Element {
  return mono === true ? <bdi class="mono">{text}</bdi> : <bdi>{text}</bdi>;
}
