import type { IncomingMessage } from 'node:http';

/** The server, or something in front of it, answered the upgrade with something else. */
export class UpgradeError extends Error {
  override readonly name = 'UpgradeError';
  readonly status: number;
  /** What the body says, if it is the JSON that our server sends. Foreign text. */
  readonly explanation: string | undefined;
  /** Where a redirect points. Foreign text. */
  readonly location: string | undefined;

  constructor(status: number, explanation?: string, location?: string) {
    super(`the answer to the upgrade was ${status}`);
    this.status = status;
    this.explanation = explanation;
    this.location = location;
  }

  static of(response: IncomingMessage, body: string): UpgradeError {
    return new UpgradeError(response.statusCode ?? 0, messageIn(body), response.headers.location);
  }
}

/** The connection was open and is closed. */
export class CloseError extends Error {
  override readonly name = 'CloseError';
  /** A code of RFC 6455 or of the protocol's CLOSE_CODES. */
  readonly code: number;
  /** The server's sentence. Foreign text. */
  readonly reason: string;

  constructor(code: number, reason: string) {
    super(`closed with code ${code}`);
    this.code = code;
    this.reason = reason;
  }
}

/** The connection is there, but nothing comes through it any more. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

/** The server speaks a version of the protocol that this agent does not. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

function messageIn(body: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    const isOurs = typeof answer === 'object' && answer !== null && 'message' in answer;
    return isOurs && typeof answer.message === 'string' ? answer.message.slice(0, 300) : undefined;
  } catch {
    return undefined;
  }
}
