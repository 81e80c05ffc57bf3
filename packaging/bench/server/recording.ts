import { createHash } from 'node:crypto';
import type { HostFacts, SampleFrame } from '@proxmox-monitor/protocol';
import { SAMPLE_INTERVAL_MS } from '@proxmox-monitor/protocol';
import type { Clock } from '../../../agent/src/clock.ts';
import { collectFacts } from '../../../agent/src/collectors/facts.ts';
import { collectors } from '../../../agent/src/collectors/index.ts';
import { Host } from '../../../agent/src/host.ts';
import { type Reading, Scheduler } from '../../../agent/src/scheduler.ts';
import { systemTimers } from '../../../agent/src/timers.ts';
import { MachineFolder } from './machine-folder.ts';

/** What one round saw: what is told of it to a server that was told all rounds before. */
export type RecordedRound = Pick<SampleFrame, 'takenAtMs' | 'documents' | 'sources'>;

export interface Recording {
  readonly facts: HostFacts;
  /** One every ten seconds. */
  readonly rounds: readonly RecordedRound[];
  /** Serial numbers of the host's disks, which other hosts have others of. */
  readonly serials: readonly string[];
}

/**
 * Has the agent's own collectors look at the replayed machine, round by round as the agent does, as fast as they can:
 * the machine's time passes between two rounds.
 * @param folder an empty folder for the machine's files
 * @throws Error when a source fails that should not
 */
export async function record(folder: string, roundCount: number): Promise<Recording> {
  const machine = new MachineFolder(folder);
  let host = new Host(machine.root);
  const clock: Clock = { now: () => machine.nowMs, monotonic: () => machine.nowMs };
  const scheduler = new Scheduler({
    collectors: collectors.map((collector) => ({
      ...collector,
      // what a read gives is kept for some seconds of the clock, in which minutes pass on the machine
      collect: (_host, signal) => collector.collect(host, signal),
    })),
    host,
    clock,
    timers: systemTimers,
    log: QUIET,
    random: () => 1,
    everyMs: new Map(),
  });
  const facts = await collectFacts(host);
  const sent = new Map<string, string>();
  const rounds: RecordedRound[] = [];
  for (let round = 0; round < roundCount; round += 1) {
    const takenAtMs = machine.nowMs;
    host = new Host(machine.root);
    await scheduler.tick(false);
    const readings = scheduler.readings();
    rounds.push({ takenAtMs, ...told(readings, sent) });
    scheduler.markSeen();
    machine.advance(SAMPLE_INTERVAL_MS / 1000);
  }
  const broken = rounds.flatMap(({ sources }) =>
    Object.entries(sources).filter(([, { state }]) => state !== 'ok' && state !== 'absent'),
  );
  if (broken.length > 0)
    throw new Error(`the replayed machine is not seen whole: ${JSON.stringify(broken.slice(0, 10))}`);
  return { facts, rounds, serials: machine.serials };
}

/** As the agent chooses what it sends: fast documents always, slow ones when they changed. */
function told(readings: readonly Reading[], sent: Map<string, string>): Omit<RecordedRound, 'takenAtMs'> {
  const documents: Record<string, unknown> = {};
  const sources: Record<string, NonNullable<Reading['source']>> = {};
  for (const { name, isFast, isNew, document, source } of readings) {
    if (!isNew || source === undefined) continue;
    sources[name] = source;
    if (document === undefined) continue;
    const digest = createHash('sha256').update(JSON.stringify(document)).digest('base64');
    if (isFast || sent.get(name) !== digest) documents[name] = document;
    sent.set(name, digest);
  }
  return { documents, sources };
}

const QUIET = { error: ignore, warn: ignore, info: ignore, debug: ignore };

function ignore(): void {
  // What goes wrong shows in the sources.
}
