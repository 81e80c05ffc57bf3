import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Session } from '../auth/session.ts';
import type { Context } from './context.ts';
import { httpErrors } from './errors.ts';
import { requireSameOrigin } from './same-origin.ts';

/**
 * First hook of every route of the dashboard: refuses what other sites send, and what needs a login and has
 * none. A page leads to the login then, and from there back.
 */
export function loginRequired(context: Context) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    requireSameOrigin(request, context.config.publicHost);
    // a route without a policy is treated like one that needs a login
    if (request.routeOptions.config.policy === 'public') return undefined;
    const token = context.cookie.read(request);
    request.session = token === undefined ? undefined : context.sessions.use(token);
    if (request.session !== undefined) return undefined;
    if (answersJson(request)) throw httpErrors.loginRequired();
    return reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 303);
  };
}

/** The session of a route of policy `login`. */
export function sessionOf(request: FastifyRequest): Session {
  if (request.session === undefined) throw httpErrors.loginRequired();
  return request.session;
}

/** Whether errors of this address are read by a program rather than by a person. */
export function answersJson(request: FastifyRequest): boolean {
  return /^\/(api|agent|healthz|readyz)\b/.test(request.url);
}
