import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { PreparedRounds } from '../../../bench/server/prepared-rounds.ts';
import { record } from '../../../bench/server/recording.ts';
import type { Ground, Recorded } from './fault.ts';
import { FaultyServer, type ServerOptions, type ServerProgram } from './faulty-server.ts';
import { KeepingAgent, type KeepingParts } from './keeping-agent.ts';

export interface GroundParts {
  readonly size: Ground['size'];
  readonly program: ServerProgram | Promise<ServerProgram>;
  /** An empty folder. */
  readonly folder: string;
  readonly note: (line: string) => void;
  readonly recorded: Promise<Recorded>;
}

/** Servers and recordings for faults, below one folder. */
export class ScratchGround implements Ground {
  readonly size: Ground['size'];
  readonly #parts: GroundParts;
  readonly #servers: FaultyServer[] = [];
  readonly #agents: KeepingAgent[] = [];
  readonly #closers: (() => void)[] = [];

  constructor(parts: GroundParts) {
    this.size = parts.size;
    this.#parts = parts;
  }

  async server(hosts: number, options: Partial<ServerOptions> = {}): Promise<FaultyServer> {
    const folder = join(this.#parts.folder, `server-${this.#servers.length}`);
    await mkdir(folder);
    const program = await this.#parts.program;
    const server = await FaultyServer.prepare({ program, folder, hosts, ...options });
    this.#servers.push(server);
    return server;
  }

  agent(parts: KeepingParts): KeepingAgent {
    const agent = new KeepingAgent(parts);
    this.#agents.push(agent);
    return agent;
  }

  alsoClose(close: () => void): void {
    this.#closers.push(close);
  }

  recorded(): Promise<Recorded> {
    return this.#parts.recorded;
  }

  async folder(): Promise<string> {
    return await mkdtemp(join(this.#parts.folder, 'more-'));
  }

  note(line: string): void {
    this.#parts.note(line);
  }

  /** Ends every agent and every server. */
  async close(): Promise<void> {
    for (const agent of this.#agents) agent.end();
    for (const close of this.#closers) close();
    await Promise.all(this.#servers.map((server) => server.kill()));
  }
}

/**
 * Has the agent's collectors look at the replayed host so often.
 * @param folder below it the host's files are put
 */
export async function recordHost(folder: string, rounds: number): Promise<Recorded> {
  const machine = join(folder, 'machine');
  await mkdir(machine);
  const recording = await record(machine, rounds);
  return { recording, rounds: new PreparedRounds(recording) };
}
