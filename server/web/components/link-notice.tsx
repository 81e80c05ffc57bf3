import type { JSX } from 'preact';
import { formatDuration } from '../../src/words/duration.ts';
import { formatClockSeconds } from '../format/time.ts';
import { nowMs } from '../state/clock.ts';
import { link } from '../state/live.ts';
import { shownAtMs } from '../state/store.ts';
import { Glyph } from './glyph.tsx';

/** A blink of the network is not worth a word. */
const QUIET_MS = 3_000;

/** Below the header while the page does not hear from the server. The values stay. */
export function LinkNotice({ onRetry }: { onRetry(): void }): JSX.Element | null {
  const state = link.value;
  // follows the clock, second by second
  const elapsedMs = state.kind === 'lost' && nowMs.value > 0 ? Date.now() - state.sinceMs : 0;
  if (state.kind === 'live' || elapsedMs < QUIET_MS) return null;
  const pause = Math.max(0, Math.ceil((state.retryAtMs - Date.now()) / 1_000));
  return (
    <div class="offline" data-s="warn">
      <Glyph severity="warn" />
      <p>
        <b role="alert">No link to the server.</b> What you see is from {formatClockSeconds(shownAtMs.value)},{' '}
        {formatDuration(Math.floor(elapsedMs / 1_000) * 1_000)} without news. Trying again
        {pause === 0 ? '' : ` in ${pause} s`}.
      </p>
      <button type="button" class="btn sl" onClick={onRetry}>
        Try now
      </button>
    </div>
  );
}
