import type { DocumentName, Documents, Source } from '@proxmox-monitor/protocol';
import type { Host } from './host.ts';

/** What a collector answers when there is nothing of its kind on this host. Not an error. */
export class Absent {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Says that there is nothing of the kind here, and why: "no ZFS on this host". */
export function absent(reason: string): Absent {
  return new Absent(reason);
}

/** What a collector answers when its source gave only old data: that data, and why it is old. */
export class Stale<Document> {
  readonly document: Document;
  readonly reason: string;

  constructor(document: Document, reason: string) {
    this.document = document;
    this.reason = reason;
  }
}

/** What a collector answers that passes on what somebody else saw: how that fared, and when, is theirs. */
export class Relayed {
  /** Not yet held against its schema. */
  readonly document: unknown;
  readonly source: Source;

  constructor(document: unknown, source: Source) {
    this.document = document;
    this.source = source;
  }
}

/** What one look gives. */
export type Answer<Name extends DocumentName> =
  | NonNullable<Documents[Name]>
  | Absent
  | Stale<NonNullable<Documents[Name]>>
  | Relayed;

/**
 * One thing that the agent looks at. `collect` returns a document, `absent(...)` or a Stale one, or throws
 * ParseError, ToolMissingError, ToolFailedError or TimeoutError. It neither logs nor keeps time: the
 * scheduler alone does.
 */
export interface Collector<Name extends DocumentName = DocumentName> {
  readonly name: Name;
  /** Pause between two runs, in milliseconds. */
  readonly everyMs: number;
  /** After this long without an answer the source is called stuck, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * Where it runs: `helper` when it needs root. The agent then reads what the helper left behind. Nothing else
   * differs.
   */
  readonly runsIn?: 'helper';
  /** `signal` aborts when the time is over or the agent stops. */
  collect(host: Host, signal: AbortSignal): Promise<Answer<Name>>;
  /**
   * A cheap look (a read of a kstat, say) made every fast tick. A value other than the last one makes
   * the collector run at once instead of waiting for its turn.
   */
  changeMark?(host: Host): Promise<string>;
}
