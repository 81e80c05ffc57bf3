import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkDocument } from '../checked-document.ts';
import { Absent, type Collector, Relayed, Stale } from '../collector.ts';
import { ParseError, TimeoutError, ToolFailedError, ToolMissingError } from '../errors.ts';
import { asTheAgentSees } from '../helper/as-the-agent-sees.ts';
import { Host } from '../host.ts';
import { mutate, mutateFields, seeded, seedOf } from '../testing/mutation.ts';
import { collectors } from './index.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/hosts');
/** Of each file for each collector that reads it. One that also starts programs takes its time. */
function roundsOf(host: DamagedHost, text: string): number {
  if (host.programs.length > 0) return 1;
  return isJson(text) ? 24 : 5;
}

function isJson(text: string): boolean {
  return text.startsWith('{');
}

/** A recorded host that knows what was read of it, and has one file damaged. */
class DamagedHost extends Host {
  readonly texts = new Map<string, string>();
  readonly programs: string[] = [];
  readonly #damaged: readonly [path: string, text: string] | undefined;

  constructor(root: string, damaged?: readonly [path: string, text: string]) {
    super(root);
    this.#damaged = damaged;
  }

  override async read(absolutePath: string): Promise<string | undefined> {
    const text = absolutePath === this.#damaged?.[0] ? this.#damaged[1] : await super.read(absolutePath);
    if (text !== undefined) this.texts.set(absolutePath, text);
    return text;
  }

  override runFully(...call: Parameters<Host['runFully']>): ReturnType<Host['runFully']> {
    this.programs.push(call[0]);
    return super.runFully(...call);
  }

  override async readLines(absolutePath: string, onLine: (line: string) => void): Promise<boolean> {
    const text = await this.read(absolutePath);
    for (const line of text?.split('\n') ?? []) onLine(line);
    return text !== undefined;
  }
}

/** What a collector may end with: nothing of a programmer's mistake. */
function isClear(error: unknown): boolean {
  if ([ParseError, TimeoutError, ToolFailedError, ToolMissingError].some((kind) => error instanceof kind))
    return true;
  // Those of the collectors' own words, such as "pmxcfs is not running".
  return error instanceof Error && error.constructor === Error;
}

async function look(collector: Collector, host: Host): Promise<void> {
  try {
    const answer = await collector.collect(host, new AbortController().signal);
    if (answer instanceof Absent) return;
    const document = answer instanceof Stale || answer instanceof Relayed ? answer.document : answer;
    if (document !== undefined) checkDocument(collector.name, document);
  } catch (error) {
    if (!isClear(error))
      throw new Error(`${collector.name} is not clear: ${String(error)}`, { cause: error });
  }
}

describe('a host with one damaged file gives documents that are valid or clear errors:', () => {
  test.each(['pve9-cluster', 'pve9-pvestatd-hung', 'pve8-degraded', 'debian-mdraid', 'pbs'])(
    '%s',
    async (name) => {
      const root = join(FOLDER, name);
      let looks = 0;
      for (const collector of [
        ...collectors,
        ...asTheAgentSees(collectors).filter((each) => !collectors.includes(each)),
      ]) {
        const whole = new DamagedHost(root);
        await look(collector, whole);
        for (const [path, text] of whole.texts) {
          const random = seeded(seedOf(`${collector.name} ${path}`));
          for (let round = 0; round < roundsOf(whole, text); round += 1) {
            const damaged =
              isJson(text) && round % 4 !== 0 ? mutateFields(text, random) : mutate(text, random);
            looks += 1;
            await look(collector, new DamagedHost(root, [path, damaged])).catch((error: unknown) => {
              throw new Error(`${path}: ${JSON.stringify(damaged.slice(0, 300))}`, { cause: error });
            });
          }
        }
      }
      expect(looks).toBeGreaterThan(100);
    },
    60_000,
  );
});
