import fastify, { type FastifyBaseLogger } from 'fastify';
import { isJournal, withPriority } from './journal.ts';

const SECRETS = ['authorization', 'cookie', 'token', 'password', 'headers.authorization', 'headers.cookie'];

/** Where the log goes. */
export interface LogTarget {
  /** The journal reads it. */
  readonly journal: boolean;
  /** Takes a whole line with its line feed. */
  readonly write: (line: string) => void;
}

const STDOUT = (): LogTarget => ({
  journal: isJournal(1),
  write: (line) => void process.stdout.write(line),
});

/** Fastify's logger, before there is an app: one line of JSON for each event, to stdout if nothing else is said. */
export function createLog({ journal, write }: LogTarget = STDOUT()): FastifyBaseLogger {
  const redact = [...SECRETS, ...SECRETS.map((name) => `*.${name}`)];
  const stream = { write: journal ? (line: string) => write(withPriority(line)) : write };
  return fastify({ logger: { level: 'info', base: null, redact, stream } }).log;
}
