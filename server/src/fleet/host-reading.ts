import type { Host } from '../hosts/hosts.ts';
import type { LatestHost } from '../ingest/latest.ts';
import type { DuplicateAgent } from '../ingest/links.ts';
import type { SourceFindings } from './findings/find-all.ts';

/** All that the server knows of a host at one moment. What follows from it is computed by pure functions. */
export interface HostReading {
  readonly host: Host;
  /** What its agent sent last; undefined before its first sample. */
  readonly latest: LatestHost | undefined;
  /** What is wrong according to that. */
  readonly findings: readonly SourceFindings[];
  readonly connected: boolean;
  readonly duplicate: DuplicateAgent | undefined;
  /** What its agent is behind of. */
  readonly newerAgentVersion: string | undefined;
  /** CPU of the last 60 minutes, one average a minute, oldest first. */
  readonly cpuHistoryPercent: readonly (number | null)[];
}

/** When a reading is looked at. */
export interface Moment {
  readonly nowMs: number;
  /** How long the server has been running: what it could not have heard is no silence. */
  readonly serverUptimeMs: number;
}
