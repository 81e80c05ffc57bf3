import type { JSX } from 'preact';
import type { Severity } from '../../src/api/schema.ts';
import { SEVERITY_WORDS } from '../fleet/severity.ts';
import { Icon } from './icon.tsx';

interface GlyphProps {
  readonly severity: Severity;
  /** Instead of the state's own word. */
  readonly word?: string;
}

/** A state as a shape, and as a word for those who do not see it. */
export function Glyph({ severity, word = SEVERITY_WORDS[severity] }: GlyphProps): JSX.Element {
  return (
    <span class="g" data-s={severity}>
      <Icon name={severity} />
      <span class="vh">{word}: </span>
    </span>
  );
}
