import type { RegisteredHost } from '../../src/api/schema.ts';

export interface ProgressStep {
  readonly title: string;
  /** When it happened; undefined while it is waited for. */
  readonly atMs: number | undefined;
}

/**
 * How far a host with a new token has come. Only what happened with this token counts: an agent that still
 * uses the one before has no part in it.
 */
export function progressOf(host: RegisteredHost): readonly ProgressStep[] {
  const { createdAtMs, tokenCreatedAtMs, firstConnectedAtMs, firstSampleAtMs, lastSeenAtMs, connected } =
    host;
  if (tokenCreatedAtMs === createdAtMs) {
    return [
      { title: 'Registered', atMs: createdAtMs },
      { title: 'Connected', atMs: firstConnectedAtMs },
      { title: 'First values', atMs: firstSampleAtMs },
    ];
  }
  const seenSince = lastSeenAtMs !== undefined && lastSeenAtMs > tokenCreatedAtMs ? lastSeenAtMs : undefined;
  return [
    { title: 'New token', atMs: tokenCreatedAtMs },
    { title: 'Connected', atMs: connected ? (seenSince ?? undefined) : undefined },
    { title: 'Values with it', atMs: seenSince },
  ];
}

export function isDone(steps: readonly ProgressStep[]): boolean {
  return steps.every(({ atMs }) => atMs !== undefined);
}
