import type { ComponentChildren, JSX } from 'preact';
import type { Severity } from '../../src/api/schema.ts';
import { Glyph } from './glyph.tsx';

interface NoteProps {
  readonly severity: Severity;
  /** `alert` interrupts a screen reader, `status` waits. */
  readonly role?: 'alert' | 'status';
  readonly id?: string;
  readonly children: ComponentChildren;
}

export function Note({ severity, role, id, children }: NoteProps): JSX.Element {
  return (
    <div class="note" data-s={severity} {...(role && { role })} {...(id && { id })}>
      <Glyph severity={severity} />
      <p>{children}</p>
    </div>
  );
}
