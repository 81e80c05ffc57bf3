import type { DocumentName } from '@proxmox-monitor/protocol';
import type { HostDetail } from '../../src/api/schema.ts';
import { sourceNamed } from './source-view.ts';

/** Whether a host has something of a kind, or is to have it: what is absent from it gets no part of its page. */
export function isHere(detail: HostDetail, source: DocumentName): boolean {
  const state = sourceNamed(detail, source)?.state;
  return state !== undefined && state !== 'absent';
}
