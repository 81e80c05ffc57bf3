import { effect, signal } from '@preact/signals';
import type { NewToken, RegisteredHosts } from '../../src/api/schema.ts';
import { deleteResource, getJson, messageFrom, postJson } from '../state/api.ts';
import { hosts } from '../state/store.ts';

const PAUSE_MS = 15_000;
const PAUSE_WHILE_WAITING_MS = 2_000;

export const registered = signal<RegisteredHosts | undefined>(undefined);

/** A host with a token that was just made. The token is nowhere else: it goes when this is set anew. */
export const newToken = signal<NewToken | undefined>(undefined);

/** Somebody waits for the agent of this new token. */
export const isWaiting = signal(false);

/** @throws ApiFailure */
export async function addHost(name: string): Promise<void> {
  newToken.value = await postJson<NewToken>('/admin/hosts', { name });
  await reload();
}

/** @throws ApiFailure */
export async function rotateToken(name: string): Promise<void> {
  newToken.value = await postJson<NewToken>(`/admin/hosts/${encodeURIComponent(name)}/token`);
  await reload();
}

/** @throws ApiFailure */
export async function removeHost(name: string): Promise<void> {
  await deleteResource(`/admin/hosts/${encodeURIComponent(name)}`);
  if (newToken.peek()?.host.name === name) newToken.value = undefined;
  await reload();
}

/** @throws ApiFailure */
export async function reload(): Promise<void> {
  registered.value = await getJson<RegisteredHosts>('/admin/hosts');
}

/** Keeps the list up to date: at once when the fleet changes, and oftener while an agent is waited for. */
export function followRegistered(): () => void {
  let timer = 0;
  let ended = false;
  const later = (): void => {
    window.clearTimeout(timer);
    const pauseMs = isWaiting.value ? PAUSE_WHILE_WAITING_MS : PAUSE_MS;
    if (!ended) timer = window.setTimeout(() => void refresh(), pauseMs);
  };
  const refresh = async (): Promise<void> => {
    try {
      if (document.visibilityState === 'visible') await reload();
    } catch (error) {
      // the notice below the header says that there is no link; the next round tries again
      console.info(messageFrom(error));
    }
    later();
  };
  const stop = effect(later);
  const names = (): string => hosts.value.map(({ name, state }) => `${name} ${state}`).join();
  let before = '';
  const stopFollowing = effect(() => {
    const now = names();
    if (before !== '' && now !== before) void refresh();
    before = now;
  });
  return () => {
    ended = true;
    stop();
    stopFollowing();
    window.clearTimeout(timer);
  };
}
