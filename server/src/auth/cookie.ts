import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_ABSOLUTE_MS } from './session.ts';

/**
 * The session's cookie. `__Host-` makes browsers take it only over TLS, from this very host, for all paths.
 * Without a public host there is only loopback without TLS: there the name is a plain one.
 */
export class SessionCookie {
  readonly name: string;
  readonly #options: CookieSerializeOptions;

  constructor(publicHost: string | undefined) {
    const secure = publicHost !== undefined;
    this.name = secure ? '__Host-pm' : 'pm';
    // Lax: a link in a message opens the page and not the login
    this.#options = { path: '/', httpOnly: true, sameSite: 'lax', secure };
  }

  read(request: FastifyRequest): string | undefined {
    return request.cookies[this.name];
  }

  set(reply: FastifyReply, token: string): void {
    reply.setCookie(this.name, token, { ...this.#options, maxAge: SESSION_ABSOLUTE_MS / 1000 });
  }

  clear(reply: FastifyReply): void {
    reply.clearCookie(this.name, this.#options);
  }
}
