import {
  type Difference,
  differenceOf,
  type SampleDifferences,
  type SampleFrame,
} from '@proxmox-monitor/protocol';

/** A sample that leaves out what differs in numbers only, and tells those. */
export type ShortSample = Omit<SampleFrame, 'documents' | 'sources'> & {
  readonly documents: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, unknown>>;
  readonly differences: SampleDifferences;
};

/** What a connection's samples told last: most of the next one's differs from it in numbers only. */
export class LastTold {
  #documents: Readonly<Record<string, unknown>> = {};
  #sources: Readonly<Record<string, unknown>> = {};

  /** The sample as it goes to a server that was told all the earlier ones. */
  shorten(sample: SampleFrame): ShortSample {
    const documents = split(this.#documents, sample.documents);
    const sources = split(this.#sources, sample.sources);
    this.#documents = { ...this.#documents, ...sample.documents };
    this.#sources = { ...this.#sources, ...sample.sources };
    return {
      ...sample,
      documents: documents.told,
      sources: sources.told,
      differences: { documents: documents.differences, sources: sources.differences },
    };
  }

  /** Something else was told: from here on everything is told in full once more. */
  forget(): void {
    this.#documents = {};
    this.#sources = {};
  }
}

function split(
  before: Readonly<Record<string, unknown>>,
  entries: Readonly<Record<string, unknown>>,
): { readonly told: Record<string, unknown>; readonly differences: Record<string, Difference> } {
  const told: Record<string, unknown> = {};
  const differences: Record<string, Difference> = {};
  for (const [name, value] of Object.entries(entries)) {
    const difference = Object.hasOwn(before, name) ? differenceOf(before[name], value) : undefined;
    if (difference === undefined) told[name] = value;
    else differences[name] = difference;
  }
  return { told, differences };
}
