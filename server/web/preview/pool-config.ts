import type { Vdev, ZfsPool } from '@proxmox-monitor/protocol';

const CLASSES: ReadonlyMap<string, Vdev['class']> = new Map([
  ['dedup', 'dedup'],
  ['special', 'special'],
  ['logs', 'log'],
  ['cache', 'cache'],
  ['spares', 'spare'],
]);

/** Builds a pool from the part of `zpool status` that shows its devices, two spaces a level. */
export function poolFromConfig(config: string, rest: Partial<ZfsPool> = {}): ZfsPool {
  const lines = config.split('\n').filter((line) => line.trim() !== '');
  const outer = Math.min(...lines.map(indentOf));
  let poolClass: Vdev['class'] = 'normal';
  const vdevs = lines.flatMap((line): Vdev[] => {
    const [name = '', state] = line.trim().split(/\s{2,}| (?=[A-Z]{4,})/);
    if (state === undefined) {
      poolClass = CLASSES.get(name) ?? 'normal';
      return [];
    }
    return [vdevOf(line, (indentOf(line) - outer) / 2, poolClass)];
  });
  const top = vdevs[0];
  return { name: top?.name ?? '', state: top?.state ?? '', activities: [], vdevs, ...rest };
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function vdevOf(line: string, depth: number, vdevClass: Vdev['class']): Vdev {
  const [, name = '', state = '', counts = '', note = ''] =
    /^\s*(.+?)\s+([A-Z]+)((?:\s+\d+){3})?\s*(.*)$/.exec(line) ?? [];
  const [readErrors, writeErrors, checksumErrors] = counts.trim().split(/\s+/).map(Number);
  return {
    depth,
    name,
    type: depth === 0 ? 'root' : name.replace(/-\d+$/, ''),
    class: vdevClass,
    state,
    ...(note === '' ? {} : { note }),
    ...(counts === '' ? {} : { readErrors, writeErrors, checksumErrors }),
  };
}
