import type { CertificatesDocument } from '@proxmox-monitor/protocol';
import type { Severity } from '../../src/api/schema.ts';
import { counted } from '../format/number.ts';

export type Certificate = CertificatesDocument['certificates'][number];

const DAY_MS = 24 * 3_600_000;
/** Whoever renews by ACME does so 30 days before the end: half of that is late. */
const SOON_DAYS = 14;

/**
 * How much longer a certificate is valid.
 * @param nowMs by the host's clock
 */
export function certificateState(
  { validFromMs, validToMs }: Certificate,
  nowMs: number,
): { severity: Severity; text: string } {
  if (nowMs < validFromMs) return { severity: 'warn', text: 'not yet valid' };
  const days = Math.floor((validToMs - nowMs) / DAY_MS);
  if (nowMs >= validToMs) {
    const since = -days - 1;
    return { severity: 'crit', text: since < 1 ? 'expired today' : `expired ${counted(since, 'day')} ago` };
  }
  return { severity: days < SOON_DAYS ? 'warn' : 'ok', text: `${counted(days, 'day')} left` };
}
