import type { Severity } from '../../api/schema.ts';

/** HEALTH_OK, HEALTH_WARN, HEALTH_ERR. */
export function cephSeverity(health: string): Severity {
  return health === 'HEALTH_OK' ? 'ok' : health === 'HEALTH_ERR' ? 'crit' : 'warn';
}
