import type { Documents, Source } from '@proxmox-monitor/protocol';
import type { Rates } from '../api/schema.ts';
import type { Host } from '../hosts/hosts.ts';
import type { DuplicateAgent } from '../ingest/links.ts';

export interface DatedDocument<Body> {
  readonly body: Body;
  /** By the agent's clock, and by the server's. */
  readonly takenAtMs: number;
  readonly receivedAtMs: number;
}

export interface LatestHost {
  readonly documents: { readonly [Name in keyof Documents]?: DatedDocument<NonNullable<Documents[Name]>> };
  readonly rates: Rates;
  readonly cpu?: { readonly usedPercent?: number; readonly ioWaitPercent?: number };
  readonly sources: ReadonlyMap<string, Source>;
}

/** All that the server knows of a host at one moment. What follows from it is computed by pure functions. */
export interface HostReading {
  readonly host: Host;
  /** What its agent sent last; undefined before its first sample. */
  readonly latest: LatestHost | undefined;
  readonly connected: boolean;
  readonly duplicate: DuplicateAgent | undefined;
  /** CPU of the last 60 minutes, one average a minute, oldest first. */
  readonly cpuHistoryPercent: readonly (number | null)[];
}

/** When a reading is looked at. */
export interface Moment {
  readonly nowMs: number;
  /** How long the server has been running: what it could not have heard is no silence. */
  readonly serverUptimeMs: number;
}
