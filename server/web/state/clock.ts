import { batch, computed, signal } from '@preact/signals';

const TICK_MS = 1_000;
/** Less than this is the network's jitter and not the clocks' difference. */
const JITTER_MS = 400;

const browserMs = signal(Date.now());
const aheadMs = signal(0);

/** The server's time, once a second. Ages are counted by it, so that a browser's wrong clock does not matter. */
export const nowMs = computed(() => browserMs.value + aheadMs.value);

export function setServerTime(serverTimeMs: number): void {
  const now = Date.now();
  if (Math.abs(serverTimeMs - now - aheadMs.peek()) <= JITTER_MS) return;
  batch(() => {
    browserMs.value = now;
    aheadMs.value = serverTimeMs - now;
  });
}

export function startClock(): void {
  window.setInterval(() => {
    browserMs.value = Date.now();
  }, TICK_MS);
}
