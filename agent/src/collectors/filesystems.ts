import { type FilesystemsDocument, LIMITS } from '@proxmox-monitor/protocol';
import { absent, type Collector, Stale } from '../collector.ts';
import { TimeoutError, ToolFailedError } from '../errors.ts';
import type { Host } from '../host.ts';
import { DF_ARGUMENTS, type Measure, parseDf } from './df.ts';
import { deviceOf, localMounts, type Mount, parseMountinfo, visibleMounts } from './mountinfo.ts';
import { withoutSharedSpace } from './shared-space.ts';

type Filesystem = FilesystemsDocument['filesystems'][number];

const TIMEOUT_MS = 10_000;
/** How long one device may take to say how full it is. */
const DEVICE_TIMEOUT_MS = 4_000;
/** Devices that are asked at the same time: each is a process. */
const AT_ONCE = 4;

export const filesystems: Collector<'filesystems'> = {
  name: 'filesystems',
  everyMs: 60_000,
  timeoutMs: TIMEOUT_MS,
  async collect(host, signal) {
    const [all, own] = await Promise.all([
      // Refused in some sandboxes; then the agent's own namespace is what there is.
      host.read('/proc/1/mountinfo').catch(() => undefined),
      host.read('/proc/self/mountinfo'),
    ]);
    const text = all ?? own;
    if (text === undefined) return absent('no /proc/1/mountinfo');
    const mounts = parseMountinfo(text);
    const visible = own === undefined ? mounts : visibleMounts(mounts, parseMountinfo(own));
    const wanted = localMounts(visible).filter(({ mountPoint }) => mountPoint.length <= LIMITS.nameLength);
    if (wanted.length === 0) return absent('no local file system');
    const { found, silent } = await measure(host, wanted, signal);
    const document = {
      filesystems: withoutSharedSpace(described(wanted, found)).slice(0, LIMITS.listLength),
    };
    if (silent.length === 0) {
      if (found.size > 0) return document;
      throw new ToolFailedError('df could measure none of the file systems', 1, '');
    }
    const reason = `no answer from ${silent.join(', ')}`;
    if (found.size === 0) throw new TimeoutError(reason);
    return new Stale(document, `${reason}; all others answered`);
  },
};

interface Measured {
  readonly found: Map<string, Measure>;
  /** Mount points of devices that did not answer. */
  readonly silent: string[];
}

/**
 * Asks `df` about each device in a process of its own: what hangs on a dead disk hangs alone, holds none
 * of the agent's own few threads, and is not asked again before it ended.
 */
async function measure(host: Host, mounts: readonly Mount[], signal: AbortSignal): Promise<Measured> {
  const measured: Measured = { found: new Map(), silent: [] };
  const devices = [...Map.groupBy(mounts, deviceOf)];
  const work = async (): Promise<void> => {
    for (let next = devices.shift(); next !== undefined; next = devices.shift()) {
      const [device, mountsOfDevice] = next;
      const mountPoints = mountsOfDevice.map(({ mountPoint }) => mountPoint);
      try {
        const text = await host.run('df', [...DF_ARGUMENTS, ...mountPoints], {
          timeoutMs: DEVICE_TIMEOUT_MS,
          signal,
          subject: device,
          // 1: it could not measure all of them. One below a folder that is not for everybody, say.
          acceptedExitCodes: [1],
          package: 'coreutils',
        });
        for (const [mountPoint, measure] of parseDf(text)) measured.found.set(mountPoint, measure);
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        measured.silent.push(...mountPoints);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  measured.silent.sort((a, b) => (a < b ? -1 : 1));
  return measured;
}

function described(mounts: readonly Mount[], measures: ReadonlyMap<string, Measure>): Filesystem[] {
  const filesystems: Filesystem[] = [];
  for (const { mountPoint, source, type, readOnly } of mounts) {
    const measure = measures.get(mountPoint);
    if (measure === undefined || measure.sizeBytes === 0) continue;
    const { inodes, inodesUsed, ...bytes } = measure;
    filesystems.push({
      mountPoint,
      device: source.slice(0, LIMITS.nameLength),
      type,
      ...bytes,
      ...(inodes === undefined || inodesUsed === undefined ? {} : { inodes, inodesUsed }),
      readOnly,
    });
  }
  return filesystems;
}
