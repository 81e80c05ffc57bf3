import type { CertificatesDocument } from '@proxmox-monitor/protocol';
import type { Severity } from '../../api/schema.ts';
import { counted } from '../../words/number.ts';

export type Certificate = CertificatesDocument['certificates'][number];

const DAY_MS = 24 * 3_600_000;
/** Whoever renews by ACME does so 30 days before the end: nine days after that it has failed. */
const SOON_DAYS = 21;
const VERY_SOON_DAYS = 7;

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
  const severity = days < VERY_SOON_DAYS ? 'crit' : days < SOON_DAYS ? 'warn' : 'ok';
  return { severity, text: `${counted(days, 'day')} left` };
}
