import { type JSX, render } from 'preact';
import type { InitialData } from '../src/api/schema.ts';
import { App } from './app.tsx';
import { setServerTime, startClock } from './state/clock.ts';
import { startKeys } from './state/keys.ts';
import { LiveUpdates } from './state/live.ts';
import { applyDetail, applyFleet, shownAtMs, trouble } from './state/store.ts';
import { startTheme } from './state/theme-choice.ts';

/** Draws the page with what the server wrote into it, and keeps it live. */
export function start(initial: InitialData, page: JSX.Element): void {
  setServerTime(initial.serverTimeMs);
  shownAtMs.value = initial.serverTimeMs;
  trouble.value = initial.trouble;
  if (initial.page === 'fleet') applyFleet({ ...initial.data, complete: true });
  if (initial.page === 'host') applyDetail(initial.data);
  startTheme();
  startClock();
  startKeys();
  const live = new LiveUpdates(initial.page === 'host' ? initial.data.summary.name : undefined);
  const root = document.getElementById('app');
  if (root === null) throw new Error('the page has no place for the dashboard: load it again');
  root.replaceChildren();
  render(
    <App initial={initial} onRetry={() => live.retryNow()}>
      {page}
    </App>,
    root,
  );
  // once the page is painted
  requestAnimationFrame(() => setTimeout(() => live.start()));
}
