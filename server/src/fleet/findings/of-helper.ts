import type { Source } from '@proxmox-monitor/protocol';

/** Whether a source lacks for the agent's helper. */
export function isOfHelper({ state, reason = '' }: Source): boolean {
  // the agent's words: helper/as-the-agent-sees.ts
  return state !== 'ok' && reason.startsWith('the helper');
}
