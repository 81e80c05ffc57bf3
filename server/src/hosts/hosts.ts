import { asc, eq, type InferSelectModel } from 'drizzle-orm';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/open.ts';
import { host } from '../db/schema/index.ts';
import { HostExistsError, HostNameError, HostUnknownError } from './errors.ts';
import { isHostName } from './names.ts';
import { generateToken } from './tokens.ts';

export type Host = InferSelectModel<typeof host>;

export interface HostWithToken {
  readonly host: Host;
  /** The whole token: this is the only time that anybody sees it. */
  readonly token: string;
}

/**
 * Registers a host and makes its token.
 * @throws HostNameError, HostExistsError
 */
export function registerHost(database: Database, clock: Clock, name: string): HostWithToken {
  if (!isHostName(name)) throw new HostNameError(name);
  const token = generateToken();
  const nowMs = Math.round(clock.now());
  const [added] = database
    .insert(host)
    .values({ name, createdAtMs: nowMs, tokenId: token.id, tokenHash: token.hash, tokenCreatedAtMs: nowMs })
    .onConflictDoNothing({ target: host.name })
    .returning()
    .all();
  if (added === undefined) throw new HostExistsError(name);
  return { host: added, token: token.text };
}

/**
 * Gives a host a new token; the old one is worth nothing from now on.
 * @throws HostUnknownError
 */
export function rotateToken(database: Database, clock: Clock, name: string): HostWithToken {
  const token = generateToken();
  const [changed] = database
    .update(host)
    .set({ tokenId: token.id, tokenHash: token.hash, tokenCreatedAtMs: Math.round(clock.now()) })
    .where(eq(host.name, name))
    .returning()
    .all();
  if (changed === undefined) throw new HostUnknownError(name);
  return { host: changed, token: token.text };
}

/**
 * Removes a host with everything that is stored of it.
 * @throws HostUnknownError
 */
export function removeHost(database: Database, name: string): Host {
  const [removed] = database.delete(host).where(eq(host.name, name)).returning().all();
  if (removed === undefined) throw new HostUnknownError(name);
  return removed;
}

/** All hosts by name. */
export function listHosts(database: Database): readonly Host[] {
  return database.select().from(host).orderBy(asc(host.name)).all();
}

export function findHostByName(database: Database, name: string): Host | undefined {
  return database.select().from(host).where(eq(host.name, name)).get();
}

/** @param tokenId the public part of a token: 12 characters */
export function findHostByTokenId(database: Database, tokenId: string): Host | undefined {
  return database.select().from(host).where(eq(host.tokenId, tokenId)).get();
}
