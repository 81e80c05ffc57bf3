import type { JSX } from 'preact';
import { formatClockSeconds } from '../format/time.ts';
import { trouble } from '../state/store.ts';
import { Glyph } from './glyph.tsx';

/** Below the header while the server stores nothing of what agents send. The values are those from before. */
export function TroubleNotice(): JSX.Element | null {
  const known = trouble.value;
  if (known === undefined) return null;
  const severity = known.kind === 'damaged' ? 'crit' : 'warn';
  return (
    <div class="offline" data-s={severity}>
      <Glyph severity={severity} />
      <p>
        <b role="alert">The server stores nothing since {formatClockSeconds(known.sinceMs)}.</b>{' '}
        {known.sentence}
      </p>
    </div>
  );
}
