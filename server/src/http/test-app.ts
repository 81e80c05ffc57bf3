import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Documents, Source } from '@proxmox-monitor/protocol';
import { eq } from 'drizzle-orm';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { onTestFinished } from 'vitest';
import { buildApp, type Services } from '../app.ts';
import { hashPassword, setPassword } from '../auth/password.ts';
import type { Config } from '../config/config.ts';
import { host } from '../db/schema/index.ts';
import { MIGRATIONS_FOLDER } from '../db/test-database.ts';
import { ServerEvents } from '../events.ts';
import { HistoryStore } from '../history/history-store.ts';
import { DEFAULT_RETENTION } from '../history/tiers.ts';
import { type HostWithToken, registerHost } from '../hosts/hosts.ts';
import { LatestStore, NOTHING_YET, withDocuments } from '../ingest/latest.ts';
import type { DuplicateAgent } from '../ingest/links.ts';
import { type TestClock, temporaryDatabase, temporaryFolder, testClock } from './testing.ts';

export const PASSWORD = 'correct horse battery';
export const PUBLIC_HOST = 'monitor.example.net';
export const ORIGIN = `https://${PUBLIC_HOST}`;
/** What a browser sends with a form or a fetch of the server's own page. */
export const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' } as const;
export const HOSTILE = '"><img src=x onerror=alert(1)>';

let passwordHash: Promise<string> | undefined;

export interface TestApp extends Omit<Services, 'clock' | 'latest'> {
  readonly app: FastifyInstance;
  readonly clock: TestClock;
  readonly latest: LatestStore;
  readonly connected: Set<number>;
  readonly duplicates: Map<number, DuplicateAgent>;
  /** Sends a request as a browser does that is signed in. */
  signedIn(options: InjectOptions): Promise<LightMyRequestResponse>;
  signIn(password?: string, more?: InjectOptions): Promise<LightMyRequestResponse>;
  addHost(name: string): HostWithToken;
  /** As if a sample of the host had been stored now. */
  receive(hostId: number, documents: Documents, sources?: Readonly<Record<string, Source>>): void;
}

export interface TestOptions {
  readonly config?: Partial<Config>;
  readonly withoutPassword?: boolean;
  readonly withoutWebFiles?: boolean;
  readonly pressure?: Services['pressure'];
  readonly registerIngest?: Services['registerIngest'];
  readonly storageHealth?: Services['storageHealth'];
}

/** The real app on a real database in a folder of its own, with a password set. */
export async function build(options: TestOptions = {}): Promise<TestApp> {
  const database = await temporaryDatabase();
  const clock = testClock();
  const events = new ServerEvents();
  const latest = new LatestStore();
  const connected = new Set<number>();
  const duplicates = new Map<number, DuplicateAgent>();
  const services: Services = {
    config: await testConfig(options),
    database,
    events,
    clock,
    latest,
    history: new HistoryStore(database, clock),
    links: {
      isConnected: (hostId) => connected.has(hostId),
      duplicateOf: (hostId) => duplicates.get(hostId),
      revoke: (hostId) => connected.delete(hostId),
    },
    registerIngest: options.registerIngest ?? (() => undefined),
    storageHealth: options.storageHealth ?? (() => ({ state: 'ok' })),
    ...(options.pressure && { pressure: options.pressure }),
  };
  if (options.withoutPassword !== true) {
    passwordHash ??= hashPassword(PASSWORD);
    setPassword(database, clock, await passwordHash);
  }
  const app = await buildApp(services);
  onTestFinished(() => app.close());

  const signIn = (password = PASSWORD, more: InjectOptions = {}) =>
    app.inject({
      method: 'POST',
      url: '/login',
      payload: new URLSearchParams({ password }).toString(),
      ...more,
      headers: { ...SAME_ORIGIN, 'content-type': 'application/x-www-form-urlencoded', ...more.headers },
    });
  let cookie: string | undefined;
  return {
    ...services,
    app,
    clock,
    latest,
    connected,
    duplicates,
    signIn,
    async signedIn(request) {
      cookie ??= cookieOf(await signIn());
      return await app.inject({ ...request, headers: { ...SAME_ORIGIN, cookie, ...request.headers } });
    },
    addHost: (name) => registerHost(database, clock, name),
    receive(hostId, documents, sources = {}) {
      const now = clock.now();
      const time = {
        streamId: 1,
        bootId: 'boot',
        monotonicMs: clock.monotonic(),
        takenAtMs: now,
        receivedAtMs: now,
      };
      const known = latest.get(hostId) ?? NOTHING_YET;
      latest.set(hostId, {
        ...known,
        documents: withDocuments(known.documents, documents, time),
        sources: new Map([...known.sources, ...Object.entries(sources)]),
      });
      database.update(host).set({ lastSeenAtMs: now }).where(eq(host.id, hostId)).run();
      events.emit('committed', [hostId]);
    },
  };
}

/** The `name=value` that a browser would send back. */
export function cookieOf(response: LightMyRequestResponse): string {
  const [cookie] = response.cookies;
  if (cookie === undefined) throw new Error(`no cookie in the answer ${response.statusCode}`);
  return `${cookie.name}=${cookie.value}`;
}

async function testConfig(options: TestOptions): Promise<Config> {
  const folder = await temporaryFolder();
  if (options.withoutWebFiles !== true) await writeWebFiles(folder);
  return {
    databasePath: join(folder, 'unused.db'),
    migrationsFolder: MIGRATIONS_FOLDER,
    secretKeyBase: 'a secret of the tests, longer than 32 characters',
    passwordHashSeed: undefined,
    publicHost: PUBLIC_HOST,
    listenAddress: '127.0.0.1',
    port: 4000,
    trustedProxies: ['127.0.0.0/8', '::1'],
    authorityFile: join(folder, 'authority.pem'),
    retention: DEFAULT_RETENTION,
    webFolder: folder,
    ...options.config,
  };
}

async function writeWebFiles(folder: string): Promise<void> {
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'secret.txt'), 'not for everyone');
  const manifest: Record<string, string> = {};
  for (const name of ['main.js', 'app.css', 'theme.js']) {
    const hashed = name.replace('.', '-ABC123.');
    await writeFile(join(folder, 'assets', hashed), `/* ${name} */`);
    manifest[name] = `assets/${hashed}`;
  }
  await writeFile(join(folder, 'assets', 'main-ABC123.js.gz'), 'compressed');
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
}
