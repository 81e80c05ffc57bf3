import type { LoadLine } from './load.ts';
import type { Answers } from './viewer.ts';

/** What a stretch of time took, and what was seen of the server in it. */
export interface Window {
  readonly seconds: number;
  readonly cpuPercent: number;
  /** Bytes that the server wrote to disk, by the kernel's count. */
  readonly writtenBytes: number;
  readonly endRss: number;
  readonly peakRss: number;
  readonly fewestConnected: number;
  readonly databaseGrowth: number;
  readonly databaseBytes: number;
  readonly loadCpuPercent: number;
  readonly latenciesMs: readonly number[];
  readonly seen: Omit<LoadLine, 'latenciesMs' | 'connected'>;
  readonly answers: ReadonlyMap<string, Answers>;
  readonly liveBytes: number;
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly most: number;
}

/** Of nothing they are not numbers. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1) };
}

const DAY_SECONDS = 86_400;
const MB = 1e6;

/** The table of a run, in Markdown. */
export function formatServer({
  hosts,
  startRss,
  ...window
}: Window & { readonly hosts: number; readonly startRss: number }): string {
  const { seen, seconds, answers } = window;
  const acks = quantiles(window.latenciesMs);
  const perDay = (bytes: number): number => (bytes / seconds) * DAY_SECONDS;
  const rows: (readonly [string, string])[] = [
    ['samples stored', `${(seen.acked / seconds).toFixed(1)}/s`],
    ['on the wire', `${Math.round(seen.sentBytes / Math.max(1, seen.sent))} B a sample`],
    ['ack p50 / p95 / p99 / most', times(acks)],
    ['processor', `${window.cpuPercent.toFixed(1)} % of a core`],
    ['RSS at the start / most / end', [startRss, window.peakRss, window.endRss].map(mb).join(' / ')],
    ['written to disk', `${(perDay(window.writtenBytes) / 1e9).toFixed(2)} GB/day`],
    [
      'database',
      `${mb(window.databaseBytes)}, grows by ${mb(perDay(window.databaseGrowth) / hosts)} per host and day`,
    ],
    ['live updates', `${(window.liveBytes / seconds / 1000).toFixed(1)} kB/s for two browsers`],
    ...[...answers].map(([kind, answer]): readonly [string, string] => [kind, formatAnswers(answer)]),
    [
      'not stored',
      `${seen.refused} refused, ${seen.heldBack} held back, ${seen.unanswered} cut off, ${seen.slowed} times slowed`,
    ],
    ['connected, fewest', `${window.fewestConnected} of ${hosts}`],
    ['load generator', `${window.loadCpuPercent.toFixed(1)} % of a core`],
  ];
  const ends = seen.ends.map(([how, count]) => `connections ended, ${count} times: ${how}`);
  return [
    `| ${hosts} hosts | |`,
    '|---|---|',
    ...rows.map(([what, figure]) => `| ${what} | ${figure} |`),
    ...ends,
  ].join('\n');
}

/** How long `/metrics` took. */
export function formatScrapes(answers: ReadonlyMap<string, Answers>): string {
  return [...answers]
    .filter(([kind]) => kind.startsWith('/metrics'))
    .map(([kind, answer]) => `${kind}: ${formatAnswers(answer)}`)
    .join('\n');
}

/** A line for each budget that there is for so many hosts: kept or not. Reported, never a failure. */
export function verdicts(hosts: number, window: Window): string[] {
  const { seconds, seen } = window;
  const held = seen.refused + seen.heldBack + seen.unanswered;
  const acks = quantiles(window.latenciesMs);
  const charts = quantiles(window.answers.get('charts of 1 h')?.timesMs ?? []);
  const everywhere: Budget[] = [
    ['samples that were not stored', held, 0, ''],
    ['charts of 1 h, p99', charts.p99, 50, 'ms'],
  ];
  const small: Budget[] = [
    ['RSS', window.peakRss / MB, 150, 'MB'],
    ['processor', window.cpuPercent, 10, '% of a core'],
    ['written to disk', ((window.writtenBytes / seconds) * DAY_SECONDS) / 1e9, 3, 'GB/day'],
  ];
  const large: Budget[] = [['ack p99', acks.p99, 500, 'ms']];
  return [...everywhere, ...(hosts <= 100 ? small : []), ...(hosts > 100 && hosts <= 1_000 ? large : [])].map(
    ([what, figure, most, unit]) =>
      `${figure <= most ? 'kept    ' : 'NOT KEPT'}  ${what}: ${Number(figure.toFixed(2))} of ${most} ${unit}`.trimEnd(),
  );
}

type Budget = readonly [what: string, figure: number, most: number, unit: string];

const MOST_LINES = 12;

/** What an administrator finds in the journal: warnings and errors, alike ones once. */
export function logSummary(log: string): string {
  const counts = new Map<string, { count: number; first: string }>();
  for (const line of log.split('\n')) {
    const text = messageOf(line);
    if (text === undefined) continue;
    const kind = text.replace(/\d+(\.\d+)?/g, 'N').replace(/host-N/g, 'host');
    const known = counts.get(kind);
    if (known === undefined) counts.set(kind, { count: 1, first: line.slice(0, 300) });
    else known.count += 1;
  }
  if (counts.size === 0) return 'the server’s log: no warning and no error';
  const lines = [...counts.values()]
    .toSorted((left, right) => right.count - left.count)
    .slice(0, MOST_LINES)
    .map(({ count, first }) => `${String(count).padStart(6)}  ${first}`);
  return ['the server’s log, warnings and errors, how often and the first of each:', ...lines].join('\n');
}

/** The message of a line of pino's that is a warning or worse; undefined of any other. */
function messageOf(line: string): string | undefined {
  if (line.trim() === '') return undefined;
  try {
    const entry: { level?: number; msg?: string } = Object(JSON.parse(line));
    return (entry.level ?? 0) >= 40 ? (entry.msg ?? '') : undefined;
  } catch {
    return line;
  }
}

function formatAnswers({ timesMs, bytes, failed }: Answers): string {
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  return `${times(quantiles(timesMs))}, ${(bytes / 1000).toFixed(1)} kB, ${timesMs.length} times${failures}`;
}

function times({ p50, p95, p99, most }: Quantiles): string {
  return `${[p50, p95, p99, most].map((ms) => ms.toFixed(ms < 10 ? 1 : 0)).join(' / ')} ms`;
}

function mb(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}
