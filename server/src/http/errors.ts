import type { ApiError } from '../api/schema.ts';
import { QueueFullError } from '../auth/one-at-a-time.ts';
import { HostExistsError, HostNameError, HostUnknownError } from '../hosts/errors.ts';
import { isDamage, isDatabaseTrouble } from '../ingest/database-trouble.ts';

/** An answer that is not what was asked for. `message` is for a person and says what to do. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Every error that the server's routes answer with, in one place. */
export const httpErrors = {
  loginRequired: () => new HttpError(401, 'login_required', 'Sign in first, at /login.'),
  crossSite: (origin: string) =>
    new HttpError(
      403,
      'cross_site',
      `This request does not come from the server's own pages. A program may send it with "Origin: ${origin}".`,
    ),
  metricsToken: (verdict: 'wrong' | 'none') =>
    new HttpError(
      401,
      'metrics_token',
      verdict === 'none'
        ? 'Nobody can read this yet: "proxmox-monitor-server metrics-token" makes the token for it.'
        : 'This needs the token that "proxmox-monitor-server metrics-token" made, as "Authorization: Bearer …".',
    ),
  notFound: () => new HttpError(404, 'not_found', 'There is nothing at this address.'),
  hostUnknown: (name: string) =>
    new HttpError(404, 'host_unknown', `No host is registered as ${JSON.stringify(name)}.`),
  thingUnknown: (host: string, id: number) =>
    new HttpError(404, 'thing_unknown', `${JSON.stringify(host)} never told of a thing ${id}.`),
  badRange: (message: string) => new HttpError(400, 'bad_range', message),
  tooManyRequests: (retryAfterMs: number) =>
    new HttpError(
      429,
      'too_many_requests',
      'Too many requests from this address. Wait a moment.',
      retryAfterMs,
    ),
  tooManyStreams: () =>
    new HttpError(503, 'too_many_streams', 'Too many pages are open for live updates. Close some.', 30_000),
} as const;

/** An error as it is answered. `unexpected` ones are faults of the server and go to the log. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: ApiError;
  readonly retryAfterMs: number | undefined;
  readonly unexpected: boolean;
}

/** Translates whatever was thrown. Nothing of an unexpected error is shown to the client. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof HttpError) return answer(error.status, error.code, error.message, error.retryAfterMs);
  if (error instanceof HostUnknownError) return answer(404, 'host_unknown', sentence(error.message));
  if (error instanceof HostExistsError) return answer(409, 'host_exists', sentence(error.message));
  if (error instanceof HostNameError) return answer(400, 'bad_host_name', sentence(error.message));
  if (error instanceof QueueFullError) return answer(503, 'busy', BUSY, 5_000);
  if (isDamage(error)) return { ...answer(503, 'database', DAMAGED, 60_000), unexpected: true };
  if (isDatabaseTrouble(error)) return { ...answer(503, 'database', DATABASE, 10_000), unexpected: true };
  return frameworkAnswer(error);
}

const DAMAGED =
  'The database is damaged and cannot be read here. /readyz and the log say what to type; nothing was changed.';
const DATABASE =
  'The database takes nothing at the moment: its disk may be full, or it was found damaged. /readyz and the log say more; nothing was changed.';
const BUSY = 'The server is busy. Try again in a few seconds.';

/** By the `code` of Fastify's and its plugins' errors. */
const FRAMEWORK: ReadonlyMap<string, readonly [status: number, code: string, message: string]> = new Map([
  ['FST_ERR_CTP_BODY_TOO_LARGE', [413, 'too_large', 'The body of the request is too large.']],
  [
    'FST_ERR_CTP_INVALID_MEDIA_TYPE',
    [415, 'bad_content_type', 'Send JSON: "Content-Type: application/json".'],
  ],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', [400, 'bad_json', 'The body is empty, but JSON was announced.']],
  ['FST_ERR_CTP_INVALID_JSON_BODY', [400, 'bad_json', 'The body is not valid JSON.']],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', [400, 'bad_length', 'The body is not as long as was announced.']],
  ['FST_UNDER_PRESSURE', [503, 'busy', BUSY]],
]);

function frameworkAnswer(error: unknown): ErrorAnswer {
  if (!(error instanceof Error)) return INTERNAL;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = FRAMEWORK.get(code);
  if (known !== undefined) return answer(...known, known[0] === 503 ? 10_000 : undefined);
  if ('validation' in error) return answer(400, 'invalid_request', sentence(error.message));
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (error instanceof SyntaxError && status === 400)
    return answer(400, 'bad_json', 'The body is not valid JSON.');
  return status >= 400 && status < 500 ? answer(status, 'refused', sentence(error.message)) : INTERNAL;
}

function answer(status: number, code: string, message: string, retryAfterMs?: number): ErrorAnswer {
  return { status, body: { error: code, message }, retryAfterMs, unexpected: false };
}

const INTERNAL: ErrorAnswer = {
  status: 500,
  body: {
    error: 'internal',
    message: 'Something failed inside the server. Its log says what: journalctl -u proxmox-monitor-server.',
  },
  retryAfterMs: undefined,
  unexpected: true,
};

/** "no host is …" becomes "No host is …." */
function sentence(text: string): string {
  const head = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(head) ? head : `${head}.`;
}
