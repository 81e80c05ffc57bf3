import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { SessionCookie } from '../auth/cookie.ts';
import type { LoginThrottle } from '../auth/login-throttle.ts';
import type { Session, Sessions } from '../auth/session.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/open.ts';
import type { ServerEvents } from '../events.ts';
import type { FleetSources, FleetView } from '../fleet/fleet-view.ts';
import type { HistoryStore } from '../history/history-store.ts';
import type { Ingest } from '../ingest/index.ts';
import type { Links } from '../ingest/links.ts';
import type { LiveHub } from '../live/live-hub.ts';
import type { WebFiles } from '../pages/web-files.ts';

/** What the HTTP side is built from. */
export interface Services {
  readonly config: Config;
  readonly database: Database;
  readonly events: ServerEvents;
  readonly clock: Clock;
  readonly links: Links;
  readonly latest: FleetSources['latest'];
  readonly history: HistoryStore;
  /** Absent: nothing is logged. */
  readonly logger?: FastifyBaseLogger;
  /** Whether what agents send reaches the disk; part of `/readyz`. */
  storageHealth(): ReturnType<Ingest['health']>;
  /** Told of errors that nobody expected: one may say that the database is damaged. */
  noticeDamage?(error: unknown): void;
  /** Adds the route of the agents. */
  registerIngest(app: FastifyInstance): void | Promise<void>;
  /** Above these the dashboard answers 503, so that the agents' samples go first. */
  readonly pressure?: { readonly maxEventLoopDelay?: number; readonly maxHeapUsedBytes?: number };
}

/** What routes share. */
export interface Context extends Services {
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly throttle: LoginThrottle;
  readonly fleet: FleetView;
  readonly live: LiveHub;
  readonly webFiles: WebFiles;
  readonly publicUrl: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes of policy `login`. */
    session: Session | undefined;
  }
}
