import type { ComponentChildren, JSX } from 'preact';
import type { Severity } from '../../src/api/schema.ts';
import { Glyph } from './glyph.tsx';

export interface Fact {
  readonly label: ComponentChildren;
  readonly value: ComponentChildren;
  /** Without one the fact is neither good nor bad. */
  readonly severity?: Severity | undefined;
}

/** Names and values side by side, in as many columns as there is room for. What has no value is left out. */
export function FactList({ facts }: { readonly facts: readonly Fact[] }): JSX.Element {
  return (
    <dl class="kv">
      {facts
        .filter(({ value }) => value !== undefined && value !== null && value !== false && value !== '')
        .map(({ label, value, severity }, index) => (
          <div key={index}>
            <dt>{label}</dt>
            <dd>
              {severity === undefined || severity === 'ok' ? null : <Glyph severity={severity} />}
              {value}
            </dd>
          </div>
        ))}
    </dl>
  );
}

/** A line of a list in a card: a state, what it is of, and what there is to say. */
export function StateLine({ severity, label, value }: Fact): JSX.Element {
  return (
    <li>
      <Glyph severity={severity ?? 'ok'} />
      <span>{label}</span>
      <span class="push dim">{value}</span>
    </li>
  );
}
