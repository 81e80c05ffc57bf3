import type { RegisteredHost, Severity } from '../../src/api/schema.ts';
import { formatTime } from '../format/time.ts';

export interface LinkView {
  readonly severity: Severity;
  readonly text: string;
}

/** Whether an agent is there. */
export function linkView(host: RegisteredHost, nowMs: number): LinkView {
  if (host.connected) return { severity: 'ok', text: 'connected' };
  if (host.firstConnectedAtMs === undefined) return { severity: 'info', text: 'waiting' };
  const since = host.lastSeenAtMs === undefined ? '' : ` since ${formatTime(host.lastSeenAtMs, nowMs)}`;
  return { severity: 'silent', text: `silent${since}` };
}
