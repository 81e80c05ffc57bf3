import { LIMITS, type ZfsSnapshotsDocument } from '@proxmox-monitor/protocol';
import { ParseError } from '../errors.ts';

/**
 * Sums snapshots up while `zfs list -Hp -t snapshot -o name,creation` prints them, one line after the other: a host
 * may have a hundred thousand.
 */
export class SnapshotSummary {
  readonly #datasets = new Map<
    string,
    { count: number; newestName: string; newestAtMs: number; oldestAtMs: number }
  >();
  #totalCount = 0;
  #omitted = new Set<string>();

  /** @throws ParseError */
  add(line: string): void {
    const match = /^([^@\t]+)@([^\t]+)\t(\d{1,12})$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) {
      throw new ParseError(`zfs list printed "${line.slice(0, 60)}" for a snapshot`);
    }
    const dataset = match[1].slice(0, LIMITS.nameLength);
    const name = match[2].slice(0, LIMITS.nameLength);
    const atMs = Number(match[3]) * 1000;
    this.#totalCount += 1;
    const known = this.#datasets.get(dataset);
    if (known === undefined) {
      if (this.#datasets.size >= LIMITS.listLength) this.#omitted.add(dataset);
      else this.#datasets.set(dataset, { count: 1, newestName: name, newestAtMs: atMs, oldestAtMs: atMs });
      return;
    }
    known.count += 1;
    known.oldestAtMs = Math.min(known.oldestAtMs, atMs);
    // Of two in the same second the later one in the list is the later one.
    if (atMs >= known.newestAtMs) {
      known.newestAtMs = atMs;
      known.newestName = name;
    }
  }

  document(): ZfsSnapshotsDocument {
    return {
      datasets: [...this.#datasets].map(([name, summary]) => ({ name, ...summary })),
      totalCount: this.#totalCount,
      omittedDatasets: this.#omitted.size,
    };
  }
}
