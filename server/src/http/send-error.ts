import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorPage } from '../pages/message-page.ts';
import type { WebFiles } from '../pages/web-files.ts';
import { errorAnswer } from './errors.ts';
import { answersJson } from './login-required.ts';

/** The one place where errors become answers: JSON for programs, a page for people. */
export function errorSender(webFiles: WebFiles, noticeDamage: (error: unknown) => void = () => undefined) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { status, body, retryAfterMs, unexpected } = errorAnswer(error);
    noticeDamage(error);
    if (unexpected)
      request.log.error({ err: error, method: request.method, url: request.url }, 'request failed');
    reply.code(status).header('cache-control', 'no-store');
    if (retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(retryAfterMs / 1000));
    if (answersJson(request)) return reply.type('application/json; charset=utf-8').send(body);
    const page = errorPage(webFiles.manifest(), status, body.message);
    return reply.type('text/html; charset=utf-8').send(page);
  };
}
