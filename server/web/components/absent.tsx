import type { JSX } from 'preact';
import { ABSENT } from '../../src/words/number.ts';

/** Where there is no value. */
export function Absent({ why = 'not known' }: { readonly why?: string }): JSX.Element {
  return (
    <span class="faint">
      <span aria-hidden="true">{ABSENT}</span>
      <span class="vh">{why}</span>
    </span>
  );
}
