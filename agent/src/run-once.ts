import {
  type DocumentName,
  type Documents,
  LIMITS,
  type Source,
  type SourceState,
} from '@proxmox-monitor/protocol';
import { checkDocument } from './checked-document.ts';
import type { Clock } from './clock.ts';
import { Absent, type Answer, type Collector, Relayed, Stale } from './collector.ts';
import { TimeoutError } from './errors.ts';
import type { Host } from './host.ts';

/** What one run of a collector gave: a document when its source is ok or stale, and how the source fares. */
export interface RunResult<Name extends DocumentName = DocumentName> {
  readonly document: NonNullable<Documents[Name]> | undefined;
  readonly source: Source;
}

/**
 * Runs that were given up on and have not ended. A read of a dead file system cannot be taken back, and
 * each one holds a thread of the few that Node has: such a collector is not asked again until it ended.
 */
const unfinished = new WeakMap<Host, Set<DocumentName>>();

/**
 * Runs a collector once, for as long as its timeout allows, and never throws: whatever goes wrong is in
 * the source. `previous` is the source after the run before: a state that lasts keeps its `sinceMs`.
 * `stop` ends the run early, as if its time were over.
 */
export async function runOnce<Name extends DocumentName>(
  collector: Collector<Name>,
  host: Host,
  clock: Clock,
  previous?: Source,
  stop?: AbortSignal,
): Promise<RunResult<Name>> {
  const startedAtMs = clock.now();
  const startedMonotonicMs = clock.monotonic();
  const source = (state: SourceState, reason?: string): Source => {
    const succeededAtMs = state === 'ok' ? startedAtMs : previous?.succeededAtMs;
    return {
      state,
      sinceMs: previous?.state === state ? previous.sinceMs : startedAtMs,
      ...(reason === undefined ? {} : { reason: reason.slice(0, LIMITS.textLength) }),
      durationMs: Math.max(0, Math.round((clock.monotonic() - startedMonotonicMs) * 10) / 10),
      checkedAtMs: startedAtMs,
      ...(succeededAtMs === undefined ? {} : { succeededAtMs }),
    };
  };
  try {
    const answer = await withinTimeout(collector, host, stop);
    if (answer instanceof Absent) return { document: undefined, source: source('absent', answer.reason) };
    if (answer instanceof Relayed) {
      const relayed = answer.document;
      if (relayed === undefined) return { document: undefined, source: answer.source };
      checkDocument(collector.name, relayed);
      return { document: relayed, source: answer.source };
    }
    const document = answer instanceof Stale ? answer.document : answer;
    checkDocument(collector.name, document);
    return {
      document,
      source: answer instanceof Stale ? source('stale', answer.reason) : source('ok'),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      document: undefined,
      source: source(error instanceof TimeoutError ? 'stuck' : 'failed', reason),
    };
  }
}

function withinTimeout<Name extends DocumentName>(
  collector: Collector<Name>,
  host: Host,
  stop: AbortSignal | undefined,
): Promise<Answer<Name>> {
  const running = unfinishedOf(host);
  if (running.has(collector.name)) {
    return Promise.reject(new TimeoutError('an earlier run has not ended yet'));
  }
  running.add(collector.name);
  const controller = new AbortController();
  return new Promise((resolve, reject) => {
    const giveUp = (why: string): void => {
      // Rejected before the abort, so that this reason counts and not what the abort makes of the run.
      reject(new TimeoutError(why));
      controller.abort();
    };
    const timer = setTimeout(
      () => giveUp(`no answer in ${collector.timeoutMs / 1000} s`),
      collector.timeoutMs,
    );
    const onStop = (): void => giveUp('the agent stops');
    stop?.addEventListener('abort', onStop, { once: true });
    if (stop?.aborted === true) onStop();
    start(collector, host, controller.signal)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        stop?.removeEventListener('abort', onStop);
        running.delete(collector.name);
      });
  });
}

/** An async function, so that a collector that throws before its first await rejects like any other. */
async function start<Name extends DocumentName>(collector: Collector<Name>, host: Host, signal: AbortSignal) {
  return await collector.collect(host, signal);
}

function unfinishedOf(host: Host): Set<DocumentName> {
  const known = unfinished.get(host);
  if (known !== undefined) return known;
  const fresh = new Set<DocumentName>();
  unfinished.set(host, fresh);
  return fresh;
}
