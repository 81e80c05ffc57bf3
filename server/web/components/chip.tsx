import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Severity } from '../../src/api/schema.ts';
import { SEVERITY_WORDS } from '../fleet/severity.ts';
import { Icon } from './icon.tsx';

interface ChipProps {
  readonly severity: Severity;
  /** Three words at most. */
  readonly text: string;
}

/** A longer text may be cut where there is little room. */
const LONG = 24;

export function Chip({ severity, text }: ChipProps): JSX.Element {
  return (
    <span class="chip" data-s={severity} title={text.length > LONG ? text : undefined}>
      <ChipContent severity={severity} text={text} />
    </span>
  );
}

function ChipContent({ severity, text }: ChipProps): JSX.Element {
  return (
    <>
      <Icon name={severity} />
      <span>
        {severity === 'ok' ? null : <span class="vh">{SEVERITY_WORDS[severity]}: </span>}
        {text}
      </span>
    </>
  );
}

/** A chip with its reason, which opens on hover, focus and tap; Esc closes it. */
export function ReasonChip({
  severity,
  text,
  children,
}: ChipProps & { readonly children: ComponentChildren }): JSX.Element {
  const id = useId();
  const [closed, setClosed] = useState(false);
  const reopen = (): void => setClosed(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside is what is used; this only notices leaving
    <span class="why" data-closed={closed ? '' : undefined} onMouseLeave={reopen} onFocusOut={reopen}>
      <button
        type="button"
        class="chip"
        data-s={severity}
        aria-describedby={id}
        onClick={reopen}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setClosed(true);
        }}
      >
        <ChipContent severity={severity} text={text} />
      </button>
      <span role="tooltip" id={id}>
        {children}
      </span>
    </span>
  );
}
