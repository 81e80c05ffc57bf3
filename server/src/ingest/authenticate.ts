import { parseToken } from '@proxmox-monitor/protocol';
import type { Database } from '../db/open.ts';
import { findHostByTokenId, type Host } from '../hosts/hosts.ts';
import { secretMatches } from '../hosts/tokens.ts';

/** Why a request is refused; the sentence is for whoever set up the agent, and never repeats the token. */
export interface Refusal {
  readonly statusCode: 401 | 403;
  readonly error: 'unauthorized' | 'forbidden';
  readonly message: string;
}

export type Authentication = { readonly host: Host } | { readonly refusal: Refusal };

export interface AgentHeaders {
  readonly authorization?: string | undefined;
  readonly origin?: string | undefined;
  readonly cookie?: string | undefined;
}

/**
 * Decides about an agent's request before anything is upgraded. An unknown token and a wrong secret take equally
 * long and get the same answer.
 */
export function authenticate(database: Database, headers: AgentHeaders): Authentication {
  if (headers.origin !== undefined || headers.cookie !== undefined) {
    return refuse(403, 'forbidden', 'this address is for agents, not for browsers');
  }
  const { authorization } = headers;
  if (authorization === undefined || authorization === '') {
    return refuse(401, 'unauthorized', 'no token: send it as "Authorization: Bearer pma_…"');
  }
  const text = /^Bearer +(.*)$/i.exec(authorization)?.[1];
  if (text === undefined) {
    return refuse(401, 'unauthorized', 'the token must be sent as "Authorization: Bearer pma_…"');
  }
  const parsed = parseToken(text);
  if (!parsed.valid) {
    return refuse(401, 'unauthorized', `the token ${parsed.reason}; copy it again, or make a new one`);
  }
  const host = findHostByTokenId(database, parsed.token.id);
  if (secretMatches(parsed.token.secret, host?.tokenHash) && host !== undefined) return { host };
  return refuse(
    401,
    'unauthorized',
    'the token is not known here: it was replaced, its host was removed, or it belongs to another server; make a new one',
  );
}

function refuse(statusCode: 401 | 403, error: Refusal['error'], message: string): Authentication {
  return { refusal: { statusCode, error, message } };
}
