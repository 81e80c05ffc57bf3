import type { Source } from '@proxmox-monitor/protocol';
import { allOf, withoutStop } from '../../words/list.ts';
import { sourceLabel } from '../../words/source-label.ts';
import type { Finding } from './finding.ts';
import { isOfHelper } from './of-helper.ts';

/** A helper that was only just installed has not had its turn. */
const FIRST_TURN_MS = 15 * 60_000;

/**
 * Why nothing new comes from the helper; undefined while it runs, and where there is nothing for it to do. That it was
 * switched off on purpose, or is to run yet, is worth no warning.
 * @param nowMs by the host's clock
 */
export function helperTrouble(sources: ReadonlyMap<string, Source>, nowMs: number): Finding | undefined {
  const lacking = [...sources].filter(([, source]) => isOfHelper(source));
  const [first] = lacking;
  if (first === undefined) return undefined;
  const [, source] = first;
  const parts = allOf(lacking.map(([name]) => sourceLabel(name)));
  return {
    kind: 'helper',
    severity: isExpected(source, nowMs) ? 'info' : 'warn',
    brief: 'Its helper brings nothing new',
    sentence: `No news of ${parts}: ${withoutStop(source.reason ?? '')}.`,
  };
}

function isExpected({ state, reason = '', sinceMs }: Source, nowMs: number): boolean {
  const isNew = state === 'absent' && nowMs - sinceMs < FIRST_TURN_MS;
  return isNew || /^the helper is (masked|switched off)/.test(reason);
}
