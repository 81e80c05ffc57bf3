import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { Collector } from './collector.ts';
import type { Target } from './config/configured.ts';
import type { Config } from './config/load.ts';
import { helloFrame, introduce } from './hello.ts';
import type { Host } from './host.ts';
import { Link } from './link/link.ts';
import type { Trust } from './link/trust.ts';
import type { Log } from './log.ts';
import { Outbox } from './outbox/outbox.ts';
import type { Spool } from './outbox/spool.ts';
import { Sampler } from './sampler.ts';
import { Scheduler } from './scheduler.ts';
import type { Timers } from './timers.ts';

export interface AgentParts {
  readonly config: Config;
  readonly target: Target;
  readonly trust: Trust;
  readonly collectors: readonly Collector[];
  readonly host: Host;
  /** Where samples are kept that cannot be delivered; undefined for in memory only. */
  readonly spool: Spool | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly random: () => number;
}

export interface RunningAgent {
  /** Ends everything, within two seconds. */
  stop(): Promise<void>;
}

/** Puts the parts together: collectors -> samples -> outbox -> link. */
export async function startAgent(parts: AgentParts): Promise<RunningAgent> {
  const { config, clock } = parts;
  const stream = randomBytes(16).toString('base64url');
  const outbox = new Outbox(parts.spool);
  const scheduler = new Scheduler({
    ...parts,
    collectors: parts.collectors.filter(({ name }) => !config.disabledCollectors.has(name)),
    everyMs: config.everyMs,
  });
  let sampler: Sampler | undefined;
  const introduction = await introduce(parts.host, parts.timers);
  const link = new Link({
    ...parts,
    outbox,
    hello: () => {
      // The server takes the sample of this number for the full one, even if it is taken before its welcome.
      sampler?.makeNextFull();
      return helloFrame(introduction, stream, sampler?.nextSequence ?? 1, clock);
    },
    connected: () => sampler?.connected(),
    lost: () => sampler?.makeNextFull(),
  });
  sampler = new Sampler({ ...parts, scheduler, outbox, stream, added: (sample) => link.added(sample) });
  sampler.start();
  link.start();
  return {
    stop: async () => {
      sampler.stop();
      scheduler.stop();
      await link.stop();
      outbox.close();
    },
  };
}
