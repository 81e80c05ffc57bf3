import type { Documents } from '@proxmox-monitor/protocol';
import type { HostSummary } from '../api/schema.ts';
import type { Host } from '../hosts/hosts.ts';

export type Labels = Readonly<Record<string, string>>;

/** A value with the labels that tell it from others of its family. `undefined` is not written. */
export type Point = readonly [Labels, number | undefined];

/** What is known of a host at the moment of a scrape. */
export interface ScrapedHost {
  readonly host: Host;
  readonly summary: HostSummary;
  /** Empty when it has not been heard of lately: old values never look fresh. */
  readonly documents: Documents;
}

/**
 * A family of metrics, named after Prometheus' conventions: base units, `_total` is added to counters when they are
 * written. `points` gives those of one host, without the label `host`.
 */
export interface Family {
  /** Without the prefix that all have. */
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'info';
  readonly help: string;
  points(scraped: ScrapedHost): Iterable<Point>;
}

/** A family that a document tells of; a host without that document has none. */
export function of<Name extends keyof Documents>(
  document: Name,
  family: Omit<Family, 'points'> & { points(body: NonNullable<Documents[Name]>): Iterable<Point> },
): Family {
  return {
    ...family,
    points: ({ documents }) => {
      const body = documents[document];
      return body === undefined ? [] : family.points(body);
    },
  };
}

/** One point for each state there is, 1 for the one that holds. A state that nobody foresaw is added. */
export function states(known: readonly string[], now: string, own: Labels = {}): Point[] {
  const all = known.includes(now) ? known : [...known, now];
  return all.map((state) => [{ ...own, state }, state === now ? 1 : 0]);
}

export function yesNo(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

export function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

export function ratio(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : percent / 100;
}

/** Without the labels that are not known. */
export function labels(all: Readonly<Record<string, string | number | undefined>>): Labels {
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
