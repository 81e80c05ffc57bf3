/** What the guard remembers from one run to the next. */
export interface RetentionMemory {
  /** Wall clock at the last run that was let through. */
  readonly lastRunAtMs: number | undefined;
  /** A clock that was not believed, and when it was seen. */
  readonly doubted: { readonly wallMs: number; readonly monotonicMs: number } | undefined;
}

/** A wall clock that moved by more than this since the last run is not believed at once. */
const JUMP_MS = 24 * 3_600_000;

/** For how long a clock must go on as it should before a jump is believed. */
const CONFIRM_MS = 3_600_000;

/** By how much wall and monotonic clock may differ over that time: a clock that is being corrected slowly. */
const DRIFT_MS = 60_000;

/**
 * Whether old samples may be deleted now. A clock that is years ahead for a minute would otherwise delete
 * everything. A server that was off for long looks the same at first, and is believed after an hour.
 */
export function mayDelete(
  memory: RetentionMemory,
  wallMs: number,
  monotonicMs: number,
): { readonly allowed: boolean; readonly memory: RetentionMemory } {
  const { lastRunAtMs, doubted } = memory;
  if (lastRunAtMs === undefined || Math.abs(wallMs - lastRunAtMs) <= JUMP_MS) {
    return { allowed: true, memory: { lastRunAtMs: wallMs, doubted: undefined } };
  }
  if (doubted === undefined || !goesOn(doubted, wallMs, monotonicMs)) {
    return { allowed: false, memory: { lastRunAtMs, doubted: { wallMs, monotonicMs } } };
  }
  if (monotonicMs - doubted.monotonicMs < CONFIRM_MS) return { allowed: false, memory };
  return { allowed: true, memory: { lastRunAtMs: wallMs, doubted: undefined } };
}

function goesOn(
  doubted: { readonly wallMs: number; readonly monotonicMs: number },
  wallMs: number,
  monotonicMs: number,
): boolean {
  return Math.abs(wallMs - doubted.wallMs - (monotonicMs - doubted.monotonicMs)) <= DRIFT_MS;
}
