import type { PreparedRounds } from '../../../bench/server/prepared-rounds.ts';
import type { Recording } from '../../../bench/server/recording.ts';
import type { Scene } from '../../stage.ts';
import type { FaultyServer, ServerOptions } from './faulty-server.ts';
import type { KeepingAgent, KeepingParts } from './keeping-agent.ts';
import type { Outcome } from './outcome.ts';

/** What simulated agents report. */
export interface Recorded {
  readonly recording: Recording;
  readonly rounds: PreparedRounds;
}

/** Where a fault of the server is played: with the packaged server in full, or with the sources in short. */
export interface Ground {
  readonly size: 'full' | 'short';
  /** A server of its own with so many hosts, not started. It ends, and its files go, with the ground. */
  server(hosts: number, options?: Partial<ServerOptions>): Promise<FaultyServer>;
  /** An agent that ends with the ground, and before that by itself only when it has delivered all. */
  agent(parts: KeepingParts): KeepingAgent;
  recorded(): Promise<Recorded>;
  /** Something else that ends with the ground. */
  alsoClose(close: () => void): void;
  /** An empty one, for what else it needs. */
  folder(): Promise<string>;
  /** A line for whoever reads along. */
  note(line: string): void;
}

/** Something that breaks, and what became of the samples meanwhile. */
export type Fault = {
  /** As it stands in the table, and what `--path` chooses by. */
  readonly name: string;
  /** In the tests there is no time for it. */
  readonly onlyInFull?: true;
  /** Why it cannot be played here; undefined when it can. */
  readonly missing?: () => string | undefined;
} & (
  | { readonly needs: 'server'; readonly play: (ground: Ground) => Promise<Outcome> }
  /** Machines and a network of their own. */
  | { readonly needs: 'bed'; readonly play: (scene: Scene) => Promise<Outcome> }
);
