import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { newestVersion } from './debian-version.ts';
import { KEY_FILE } from './layout.ts';
import { inReleasePath, readPublished } from './published-state.ts';

/** The agents that hosts can install from this server. */
export interface AgentOffer {
  /** The public keys that sign the repository. */
  readonly keyArmored: string;
  /** The newest one of any architecture. */
  readonly newest: string;
  /** The newest one by architecture. */
  readonly newestFor: ReadonlyMap<string, string>;
}

/** What the server's repository offers. Read again when something was published, by a command in its own process. */
export class PublishedAgents {
  readonly #folder: string;
  #offer: AgentOffer | undefined;
  #readAtMs = -1;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined as long as no agent is published. */
  offer(): AgentOffer | undefined {
    const changedAtMs = statSync(inReleasePath(this.#folder), { throwIfNoEntry: false })?.mtimeMs ?? -1;
    if (changedAtMs !== this.#readAtMs) {
      this.#offer = readOffer(this.#folder);
      this.#readAtMs = changedAtMs;
    }
    return this.#offer;
  }
}

function readOffer(folder: string): AgentOffer | undefined {
  try {
    const packages = readPublished(folder)?.packages ?? [];
    const agents = packages.filter(({ name }) => name === 'proxmox-monitor-agent');
    const newest = newestVersion(agents.map(({ version }) => version));
    if (newest === undefined) return undefined;
    const byArchitecture = Map.groupBy(agents, ({ architecture }) => architecture);
    const newestFor = [...byArchitecture].flatMap(([architecture, own]): [string, string][] => {
      const version = newestVersion(own.map((one) => one.version));
      return version === undefined ? [] : [[architecture, version]];
    });
    const keyArmored = readFileSync(join(folder, KEY_FILE), 'utf8');
    return { keyArmored, newest, newestFor: new Map(newestFor) };
  } catch {
    // damaged: the pages must not fail for that, and the command that publishes says what is wrong
    return undefined;
  }
}
