import type { DocumentName, Documents } from '@proxmox-monitor/protocol';
import type { LatestDocuments } from '../../ingest/latest.ts';
import { FINDERS } from './finders.ts';
import type { Finder, Finding } from './finding.ts';

/** What one source's documents say is wrong. */
export interface SourceFindings {
  readonly source: DocumentName;
  readonly findings: readonly Finding[];
}

interface Known extends SourceFindings {
  readonly finder: Finder;
  /** The very objects that were looked at. */
  readonly read: readonly unknown[];
}

/** What is said by days and hours need not be computed anew more often. */
const STEP_MS = 60_000;

/**
 * What is wrong with one host according to its documents. What was found is kept until one of the documents that it was
 * found in is replaced, or the minute is over: rows are asked for far more often than documents change.
 */
export class HostFindings {
  #step = -1;
  #known: readonly Known[] = [];

  /** @param hostNowMs by the host's clock */
  of(documents: LatestDocuments, hostNowMs: number): readonly SourceFindings[] {
    const step = Math.floor(hostNowMs / STEP_MS);
    const before = step === this.#step ? this.#known : [];
    this.#step = step;
    this.#known = FINDERS.map((finder, index) => {
      const names = [finder.source, ...(finder.also ?? [])];
      const read = names.map((name) => documents[name]);
      const known = before[index];
      if (known?.read.every((document, at) => document === read[at])) return known;
      const bodies: Documents = Object.fromEntries(names.map((name) => [name, documents[name]?.body]));
      return { finder, read, source: finder.source, findings: finder.find(bodies, hostNowMs) };
    });
    return this.#known;
  }
}
