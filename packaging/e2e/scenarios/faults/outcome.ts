/** What became of samples under a fault. A sample counts once, however often it was sent. */
export interface Outcome {
  readonly sent: number;
  readonly acked: number;
  readonly stored: number;
  /** Acked and not stored. */
  readonly lost: number;
  /** Stored at more than one place, so that charts would count them twice. */
  readonly duplicates: number;
}

export interface OutcomeRow extends Outcome {
  readonly fault: string;
}

const HEADINGS = ['fault', 'sent', 'acked', 'stored', 'acked and lost', 'duplicates'] as const;

/** A table in Markdown, one line a fault. */
export function formatOutcomes(rows: readonly OutcomeRow[]): string[] {
  const lines = rows.map(({ fault, sent, acked, stored, lost, duplicates }) => [
    fault,
    ...[sent, acked, stored, lost, duplicates].map(String),
  ]);
  const cells = [[...HEADINGS], HEADINGS.map(() => '---'), ...lines];
  return cells.map((row) => `| ${row.join(' | ')} |`);
}

/** @returns what must not be, in words; undefined when all is as it must */
export function complaint({ sent, acked, stored, lost, duplicates }: Outcome): string | undefined {
  if (lost > 0) return `${lost} samples were acked and are not stored`;
  if (duplicates > 0) return `${duplicates} samples are stored twice`;
  if (acked === 0) return 'nothing was acked, so this shows nothing';
  if (stored > sent) return `${stored} samples are stored of ${sent} that were sent`;
  return undefined;
}
