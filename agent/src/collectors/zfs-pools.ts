import type { ZfsPool, ZfsPoolsDocument } from '@proxmox-monitor/protocol';
import { systemClock } from '../clock.ts';
import { Absent, absent, type Collector, Stale } from '../collector.ts';
import { ParseError, TimeoutError, ToolFailedError, ToolMissingError } from '../errors.ts';
import type { Host } from '../host.ts';
import { explained } from '../zfs/late-device.ts';
import { LIST_COLUMNS, parseListText } from '../zfs/list-text.ts';
import { mergePools, overrideStates } from '../zfs/merge.ts';
import { isWithoutModule, NO_MODULE_REASON } from '../zfs/no-module.ts';
import { poolStates, suspendedPools } from '../zfs/pool-states.ts';
import { RecentErrors } from '../zfs/recent-errors.ts';
import { RememberedScrubs } from '../zfs/remembered-scrubs.ts';
import { parseStatusJson } from '../zfs/status-json.ts';
import { parseStatusText } from '../zfs/status-text.ts';
import { inContainer } from './container.ts';

const TIMEOUT_MS = 10_000;
/** A pool that is suspended is told of within one fast tick, with or without what the commands say. */
const SUSPENDED_TIMEOUT_MS = 1_000;
/** How long a `zpool` without `-j` is not asked for JSON again: it may have been upgraded since. */
const PROBE_AGAIN_MS = 60 * 60 * 1000;

/** What the collector remembers from one run to the next, for each host. */
interface Memory {
  /** Until when, by the monotonic clock, text is asked for without trying JSON first. */
  textUntilMs: number;
  /** Pools as of the last answer. */
  lastPools: readonly ZfsPool[];
  readonly scrubs: RememberedScrubs;
  readonly errors: RecentErrors;
}

const memories = new WeakMap<Host, Memory>();

export const zfsPools: Collector<'zfsPools'> = {
  name: 'zfsPools',
  everyMs: 60_000,
  timeoutMs: TIMEOUT_MS + 1_000,
  async collect(host, signal) {
    const memory = memoryOf(host);
    const states = await poolStates(host);
    // The commands may hang on a suspended pool; the kernel says at once that it is suspended.
    const isSuspended = suspendedPools(states).length > 0;
    try {
      const answer = await askZpool(new Zpool(host, isSuspended, signal), memory, states.size > 0);
      if (answer instanceof Absent) return answer;
      memory.lastPools = await memory.scrubs.complete(memory.errors.mark(answer, systemClock.monotonic()));
      return { pools: overrideStates(memory.lastPools, states) };
    } catch (error) {
      if (!(error instanceof TimeoutError) || !isSuspended) throw error;
      return new Stale(suspended(memory.lastPools, states), error.message);
    }
  },
  async changeMark(host) {
    return JSON.stringify([...(await poolStates(host))]);
  },
};

function memoryOf(host: Host): Memory {
  const known = memories.get(host);
  if (known !== undefined) return known;
  const fresh: Memory = {
    textUntilMs: 0,
    lastPools: [],
    scrubs: new RememberedScrubs(host.state),
    errors: new RecentErrors(),
  };
  memories.set(host, fresh);
  return fresh;
}

async function askZpool(zpool: Zpool, memory: Memory, kernelHasPools: boolean): Promise<ZfsPool[] | Absent> {
  const { host } = zpool;
  try {
    const pools = await status(zpool, memory, kernelHasPools);
    const listed = parseListText(await zpool.run('list', '-Hp', '-o', LIST_COLUMNS.join(',')));
    return mergePools(pools, listed);
  } catch (error) {
    if (error instanceof ToolMissingError) {
      if (!kernelHasPools) return absent('no ZFS on this host');
      if (await inContainer(host)) return absent(OUTSIDE);
      throw new ToolMissingError('zpool not found, though pools are imported: install zfsutils-linux');
    }
    if (isWithoutModule(error)) return absent(NO_MODULE_REASON);
    if (error instanceof ToolFailedError && NO_DEVICE.test(error.stderr) && (await inContainer(host))) {
      return absent(OUTSIDE);
    }
    throw await explained(error, host);
  }
}

/** What the tools say of a /dev/zfs that is not there or not for them. */
const NO_DEVICE = /\/dev\/zfs and .{1,40} are required|ZFS utilities must be run as root/;
const OUTSIDE = 'inside a container: its pools belong to the machine outside';

/** `zpool status` as JSON where it can (OpenZFS 2.3), as text where it cannot. */
async function status(zpool: Zpool, memory: Memory, kernelHasPools: boolean): Promise<ZfsPool[]> {
  if (systemClock.monotonic() >= memory.textUntilMs) {
    try {
      return parseStatusJson(await zpool.run('status', '-j', '-p'), systemClock.now());
    } catch (error) {
      const unknownOption = error instanceof ToolFailedError && error.exitCode === 2;
      // JSON that stops in the middle was seen with exit code 0; the text of the same says all but guids.
      if (!unknownOption && !(error instanceof ParseError)) throw error;
      if (unknownOption) memory.textUntilMs = systemClock.monotonic() + PROBE_AGAIN_MS;
    }
  }
  const text = await zpool.run('status', '-p');
  // "no pools available" goes to the errors, with exit code 0.
  return text === '' && !kernelHasPools ? [] : parseStatusText(text);
}

/** The program of a host, for as long as it may take. */
class Zpool {
  readonly host: Host;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal;

  constructor(host: Host, isSuspended: boolean, signal: AbortSignal) {
    this.host = host;
    this.#timeoutMs = isSuspended ? SUSPENDED_TIMEOUT_MS : TIMEOUT_MS;
    this.#signal = signal;
  }

  run(...args: readonly string[]): Promise<string> {
    return this.host.run('zpool', args, {
      timeoutMs: this.#timeoutMs,
      signal: this.#signal,
      package: 'zfsutils-linux',
    });
  }
}

/** What can be said of pools when only the kernel answers: the last known document with the states of now. */
function suspended(lastPools: readonly ZfsPool[], states: ReadonlyMap<string, string>): ZfsPoolsDocument {
  const unknown = [...states.keys()]
    .filter((name) => !lastPools.some((pool) => pool.name === name))
    .map((name): ZfsPool => ({ name, state: states.get(name) ?? 'UNKNOWN', activities: [], vdevs: [] }));
  return { pools: overrideStates([...lastPools, ...unknown], states) };
}
