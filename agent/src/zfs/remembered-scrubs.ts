import { fits, type ZfsPool, ZfsScan } from '@proxmox-monitor/protocol';
import * as Type from 'typebox';
import type { State } from '../state.ts';

const STATE_NAME = 'last-scrubs.json';
/** Of pools that are not imported now, such as those on disks that are changed for a rotation, as many are kept. */
const MAX_POOLS = 256;

const Remembered = Type.Record(Type.String(), ZfsScan);

/** The last scrub of each pool that finished, also after a resilver has taken its place in `zpool status`. */
export class RememberedScrubs {
  readonly #state: State;
  #scrubs: Promise<Map<string, ZfsScan>> | undefined;

  constructor(state: State) {
    this.#state = state;
  }

  /** The pools with what is remembered of them; what is new is remembered, and written only then. */
  async complete(pools: readonly ZfsPool[]): Promise<ZfsPool[]> {
    this.#scrubs ??= this.#state.read(STATE_NAME).then(parse);
    const scrubs = await this.#scrubs;
    let isChanged = false;
    for (const pool of pools) {
      const { scan } = pool;
      if (scan?.function !== 'scrub' || scan.state !== 'finished') continue;
      if (JSON.stringify(scrubs.get(keyOf(pool))) === JSON.stringify(scan)) continue;
      // The one that came last is the last to be dropped.
      scrubs.delete(keyOf(pool));
      scrubs.set(keyOf(pool), scan);
      isChanged = true;
    }
    if (isChanged) {
      await this.#state.write(STATE_NAME, JSON.stringify(Object.fromEntries([...scrubs].slice(-MAX_POOLS))));
    }
    return pools.map((pool) => {
      const lastScrub = scrubs.get(keyOf(pool));
      return lastScrub === undefined ? pool : { ...pool, lastScrub };
    });
  }
}

/** A name may belong to another pool tomorrow. */
function keyOf({ name, guid }: ZfsPool): string {
  return guid ?? name;
}

function parse(text: string | undefined): Map<string, ZfsScan> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return new Map(fits(Remembered, value) ? Object.entries(value) : []);
  } catch {
    // Damaged: what is lost comes back with the next scrub.
    return new Map();
  }
}
