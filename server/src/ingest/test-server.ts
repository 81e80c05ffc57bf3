import fastify, { type FastifyPluginAsync } from 'fastify';
import { onTestFinished } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { createTestDatabase } from '../db/test-database.ts';
import { ServerEvents } from '../events.ts';
import { DEFAULT_RETENTION } from '../history/tiers.ts';
import { registerHost } from '../hosts/hosts.ts';
import { createIngest, type Ingest } from './index.ts';
import { TestAgent, type TestAgentOptions } from './test-agent.ts';
import { storedSamples, type TestStoredSample } from './test-stored-samples.ts';
import type { IngestTiming } from './timing.ts';

export interface TestServer {
  readonly url: string;
  readonly database: Database;
  readonly databasePath: string;
  readonly events: ServerEvents;
  readonly ingest: Ingest;
  /** What was logged: one line each. */
  readonly log: string[];
  /** Registers a host. */
  host(name: string): { readonly id: number; readonly token: string };
  agent(token: string, options?: Partial<TestAgentOptions>): Promise<TestAgent>;
  /** Every sample that is stored. */
  samples(): TestStoredSample[];
  /** The rows of a query. */
  rows(sql: string, ...parameters: unknown[]): unknown[];
}

/** Fast enough for tests; what a test waits for in vain it sets itself. */
const TIMING: Partial<IngestTiming> = { gatherMs: 5, watchMs: 50, retryMs: 50 };

/** For tests: the ingest alone, on a real socket and a real database, gone when the test ends. */
export async function startTestServer(timing: Partial<IngestTiming> = {}): Promise<TestServer> {
  const { database, path, remove } = await createTestDatabase();
  const events = new ServerEvents();
  const log: string[] = [];
  const write = (details: unknown, message?: string): void => {
    log.push(typeof details === 'string' ? details : `${message} ${JSON.stringify(details)}`);
  };
  const ingest = createIngest({
    database,
    events,
    clock: systemClock,
    log: { debug: write, info: write, warn: write, error: write },
    retention: DEFAULT_RETENTION,
    timing: { ...TIMING, ...timing },
  });
  const app = fastify({ forceCloseConnections: true });
  const agents: FastifyPluginAsync = async (scope) => {
    await ingest.register(scope);
  };
  await app.register(agents);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await ingest.close();
    await app.close();
    remove();
  });
  return {
    url,
    database,
    databasePath: path,
    events,
    ingest,
    log,
    host: (name) => {
      const { host, token } = registerHost(database, systemClock, name);
      return { id: host.id, token };
    },
    agent: (token, options) => TestAgent.connect({ url, token, ...options }),
    samples: () => storedSamples(database.$client),
    rows: (sql, ...parameters) => database.$client.prepare(sql).all(...parameters),
  };
}
