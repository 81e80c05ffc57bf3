import fastify, { type FastifyBaseLogger } from 'fastify';

const SECRETS = ['authorization', 'cookie', 'token', 'password', 'headers.authorization', 'headers.cookie'];

/** Fastify's logger, before there is an app: one line of JSON to stdout for each event. */
export function createLog(): FastifyBaseLogger {
  const paths = [...SECRETS, ...SECRETS.map((name) => `*.${name}`)];
  return fastify({ logger: { level: 'info', base: null, redact: paths } }).log;
}
