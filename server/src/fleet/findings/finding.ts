import type { DocumentName, Documents } from '@proxmox-monitor/protocol';
import type { Problem } from '../../api/schema.ts';

/** Something that is wrong according to the documents of a host. */
export interface Finding {
  readonly kind: Problem['kind'];
  readonly subject?: string | undefined;
  readonly severity: Problem['severity'];
  readonly brief: string;
  readonly sentence: string;
  /** By the host's clock. */
  readonly sinceMs?: number | undefined;
}

/** Finds what is wrong of one kind of thing. Pure: the same documents and time give the same findings. */
export interface Finder {
  /** The source that it believes: when that one fails, what is found is only what was last known. */
  readonly source: DocumentName;
  /** Documents that give names and the like. */
  readonly also?: readonly DocumentName[];
  /** @param nowMs by the host's clock */
  find(documents: Documents, nowMs: number): Finding[];
}

/** A list with the finding, or without it. */
export function when(isSo: boolean, finding: Finding): Finding[] {
  return isSo ? [finding] : [];
}
