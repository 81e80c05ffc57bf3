import { Check } from 'typebox/value';
import { HostName } from '../api/schema.ts';

/** Whether a host may be registered under this name. */
export function isHostName(name: string): boolean {
  return Check(HostName, name);
}
