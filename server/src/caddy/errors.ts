/** Caddy was not set up. The message says why, what to do, and in which state everything is. */
export class CaddySetupError extends Error {
  override readonly name = 'CaddySetupError';
}
