import { fits, SmartDisk } from '@proxmox-monitor/protocol';
import * as Type from 'typebox';

/** What is worth knowing again at the next run, until the host is started anew. */
const Memory = Type.Object({
  /** The kernel's disks at the last scan: as long as they are the same, there is nothing to scan for. */
  blocks: Type.String(),
  devices: Type.Array(Type.Object({ device: Type.String(), deviceType: Type.Optional(Type.String()) })),
  /** Disks as they were last read. */
  disks: Type.Array(SmartDisk),
});
export type Memory = Type.Static<typeof Memory>;

export const MEMORY_NAME = 'smart-memory.json';

/** The last memory; undefined when there is none that makes sense. */
export function parseMemory(text: string | undefined): Memory | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return fits(Memory, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
