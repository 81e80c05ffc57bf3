import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { PreparedRounds } from '../../../bench/server/prepared-rounds.ts';
import { record } from '../../../bench/server/recording.ts';
import type { Ground, Recorded } from './fault.ts';
import { FaultyServer, type ServerOptions, type ServerProgram } from './faulty-server.ts';

export interface GroundParts {
  readonly size: Ground['size'];
  readonly program: ServerProgram;
  /** An empty folder. */
  readonly folder: string;
  readonly note: (line: string) => void;
}

const ROUNDS = { full: 60, short: 4 } as const;

/** Servers and recordings for faults, below one folder. */
export class ScratchGround implements Ground {
  readonly size: Ground['size'];
  readonly #parts: GroundParts;
  readonly #servers: FaultyServer[] = [];
  #recorded: Promise<Recorded> | undefined;

  constructor(parts: GroundParts) {
    this.size = parts.size;
    this.#parts = parts;
  }

  async server(hosts: number, options: Partial<ServerOptions> = {}): Promise<FaultyServer> {
    const folder = join(this.#parts.folder, `server-${this.#servers.length}`);
    await mkdir(folder);
    const server = await FaultyServer.prepare({ program: this.#parts.program, folder, hosts, ...options });
    this.#servers.push(server);
    return server;
  }

  recorded(): Promise<Recorded> {
    this.#recorded ??= this.#record();
    return this.#recorded;
  }

  async folder(): Promise<string> {
    return await mkdtemp(join(this.#parts.folder, 'more-'));
  }

  note(line: string): void {
    this.#parts.note(line);
  }

  /** Ends every server. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.kill()));
  }

  async #record(): Promise<Recorded> {
    const folder = join(this.#parts.folder, 'machine');
    await mkdir(folder);
    const recording = await record(folder, ROUNDS[this.size]);
    return { recording, rounds: new PreparedRounds(recording) };
  }
}
