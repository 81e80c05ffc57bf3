import type { Source } from '@proxmox-monitor/protocol';
import type { HostDetail } from '../../src/api/schema.ts';
import { sourceLabel } from './source-view.ts';

export interface HelperTrouble {
  /** Sources that lack for it. */
  readonly names: readonly string[];
  /** That it was switched off on purpose, or is to run yet, is worth no warning. */
  readonly severity: 'info' | 'warn';
  /** One for all of them, in the agent's words. */
  readonly sentence: string;
}

/** A helper that was only just installed has not had its turn. */
const FIRST_TURN_MS = 15 * 60_000;

/** Why nothing new comes from the helper; undefined while it runs, and where there is nothing for it to do. */
export function helperTrouble(detail: HostDetail): HelperTrouble | undefined {
  const lacking = detail.sources.flatMap(({ name, source }) => {
    const { state, reason = '' } = source;
    // the agent's words: helper/as-the-agent-sees.ts
    return state !== 'ok' && reason.startsWith('the helper') ? [{ name, source, reason }] : [];
  });
  const [first] = lacking;
  if (first === undefined) return undefined;
  const parts = lacking.map(({ name }) => sourceLabel(name));
  return {
    names: lacking.map(({ name }) => name),
    severity: isExpected(first.source, detail) ? 'info' : 'warn',
    sentence: `No news of ${listed(parts)}: ${first.reason.replace(/\.$/, '')}.`,
  };
}

function isExpected(
  { state, reason = '', sinceMs }: Source,
  { serverTimeMs, clockSkewMs = 0 }: HostDetail,
): boolean {
  const isNew = state === 'absent' && serverTimeMs - (sinceMs - clockSkewMs) < FIRST_TURN_MS;
  return isNew || /^the helper is (masked|switched off)/.test(reason);
}

/** "SMART", "SMART and Backups of guests", "a, b and c" */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
