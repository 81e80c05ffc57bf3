import { statSync } from 'node:fs';
import type { Sources } from '@proxmox-monitor/protocol';
import { systemClock } from '../clock.ts';
import type { Collector } from '../collector.ts';
import { collectFacts } from '../collectors/facts.ts';
import { collectors } from '../collectors/index.ts';
import { asTheAgentSees } from '../helper/as-the-agent-sees.ts';
import { Host } from '../host.ts';
import { runOnce } from '../run-once.ts';

const EXIT_USAGE = 2;

export interface CollectOptions {
  /** Names of collectors, or what several of them begin with: `zfs`. Empty for all of them. */
  readonly only: readonly string[];
  /** `/`, or the folder of a recorded host. */
  readonly root: string;
}

/**
 * Looks once and prints one JSON document: what a sample would hold, with the facts of a hello. A source
 * that failed is told in `sources` and is no failure of the command.
 */
export async function runCollect({ only, root }: CollectOptions): Promise<number> {
  const unknown = only.filter((word) => !collectors.some(({ name }) => isMeant(name, word)));
  if (unknown.length > 0) {
    const known = collectors.map(({ name }) => name).join(', ');
    process.stderr.write(`There is no collector "${unknown.join('", "')}". There are: ${known}.\n`);
    return EXIT_USAGE;
  }
  const chosen =
    only.length === 0
      ? collectors
      : collectors.filter(({ name }) => only.some((word) => isMeant(name, word)));
  if (!isFolder(root)) {
    process.stderr.write(`There is no folder ${root}. --root takes one that holds proc, sys, … of a host.\n`);
    return EXIT_USAGE;
  }
  // Of this host the helper's part needs root; of a recorded one nothing does.
  const isDirect = root !== '/' || process.geteuid?.() === 0;
  const document = await lookOnce(new Host(root), isDirect ? chosen : asTheAgentSees(chosen));
  process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  return 0;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** `zfs` means zfsPools and zfsArc. */
function isMeant(name: string, word: string): boolean {
  return name === word || (word !== '' && name.startsWith(word) && /^[A-Z]/.test(name.slice(word.length)));
}

async function lookOnce(host: Host, chosen: readonly Collector[]): Promise<object> {
  const takenAtMs = systemClock.now();
  const monotonicMs = systemClock.monotonic();
  const documents: Record<string, unknown> = {};
  const sources: Sources = {};
  const [facts] = await Promise.all([
    collectFacts(host),
    ...chosen.map(async (collector) => {
      const { document, source } = await runOnce(collector, host, systemClock);
      if (document !== undefined) documents[collector.name] = document;
      sources[collector.name] = source;
    }),
  ]);
  return { takenAtMs, monotonicMs, facts, documents: sorted(documents), sources: sorted(sources) };
}

/** In the order of the registry, whichever answered first. */
function sorted<Value>(entries: Record<string, Value>): Record<string, Value> {
  const order = collectors.map(({ name }): string => name);
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)));
}
