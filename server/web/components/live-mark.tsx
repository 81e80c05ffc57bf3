import type { JSX } from 'preact';
import { formatAge } from '../../src/words/duration.ts';
import { nowMs } from '../state/clock.ts';
import { link } from '../state/live.ts';
import { shownAtMs } from '../state/store.ts';
import { Icon } from './icon.tsx';

/** In the header: how fresh the page is. */
export function LiveMark(): JSX.Element {
  const live = link.value.kind === 'live';
  return (
    <span class="live">
      {live ? <i aria-hidden="true" /> : <Icon name="silent" />}
      <span>
        <span class="no-phone">{live ? 'Live, ' : 'No link, '}</span>
        {formatAge(nowMs.value - shownAtMs.value)} ago
      </span>
    </span>
  );
}
