import fastifyFormbody from '@fastify/formbody';
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { passwordIsSet, verifyPassword } from '../auth/password.ts';
import type { Context } from '../http/context.ts';
import { localPath } from '../http/local-path.ts';
import { loginPage, pausedLogin, wrongPassword } from './login-page.ts';

const LoginQuery = Type.Object({ next: Type.Optional(Type.Unknown()) });
const LoginForm = Type.Object({
  password: Type.String({ default: '' }),
  next: Type.Optional(Type.Unknown()),
});

interface Problem {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs?: number;
}

/** `/login` and `/logout`. The only routes that take forms, so that they work without JavaScript. */
export function loginRoutes(context: Context): FastifyPluginAsyncTypebox {
  const { config, database, clock, cookie, sessions, throttle } = context;

  const sendPage = (reply: FastifyReply, next: string, problem?: Problem): FastifyReply => {
    if (problem?.retryAfterMs !== undefined) {
      reply.header('retry-after', Math.ceil(problem.retryAfterMs / 1000));
    }
    const page = loginPage({
      manifest: context.webFiles.manifest(),
      passwordIsSet: passwordIsSet(database),
      publicHost: config.publicHost,
      next,
      ...(problem && { problem: problem.text }),
    });
    return reply
      .code(problem?.status ?? 200)
      .type('text/html; charset=utf-8')
      .send(page);
  };

  /** Ends the session that the browser came with, if any: a login never takes over an older cookie. */
  const endSession = (request: FastifyRequest): void => {
    const token = cookie.read(request);
    if (token !== undefined) sessions.end(token);
  };

  /** @returns what was wrong; undefined when the password is right */
  const check = async (request: FastifyRequest, password: string): Promise<Problem | undefined> => {
    const address = request.ip;
    const known = sessions.knowsAddress(address);
    const permission = throttle.take(address, known);
    if (!permission.allowed) {
      const { pauseMs } = permission;
      return { status: 429, text: pausedLogin(pauseMs), retryAfterMs: pauseMs };
    }
    if (await verifyPassword(database, clock, password)) {
      throttle.succeeded(address);
      return undefined;
    }
    const pauseMs = throttle.failed(address, known);
    request.log.warn({ address, pauseMs }, 'wrong password');
    return { status: 401, text: wrongPassword(permission.triesLeft, pauseMs) };
  };

  return async (scope) => {
    scope.removeAllContentTypeParsers();
    await scope.register(fastifyFormbody, { bodyLimit: 8 * 1024 });
    const options = { config: { policy: 'public' }, bodyLimit: 8 * 1024 } as const;

    scope.get('/login', { ...options, schema: { hide: true, querystring: LoginQuery } }, (request, reply) => {
      const next = localPath(request.query.next);
      const token = cookie.read(request);
      const signedIn = token !== undefined && sessions.use(token) !== undefined;
      return signedIn ? reply.redirect(next, 303) : sendPage(reply, next);
    });

    scope.post('/login', { ...options, schema: { hide: true, body: LoginForm } }, async (request, reply) => {
      const next = localPath(request.body.next);
      const problem = await check(request, request.body.password);
      if (problem !== undefined) return sendPage(reply, next, problem);
      endSession(request);
      cookie.set(reply, sessions.create(request.ip));
      request.log.info({ address: request.ip }, 'signed in');
      return reply.redirect(next, 303);
    });

    scope.post('/logout', { ...options, schema: { hide: true } }, (request, reply) => {
      endSession(request);
      cookie.clear(reply);
      return reply.redirect('/login', 303);
    });
  };
}
