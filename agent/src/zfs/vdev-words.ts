import type { Vdev } from '@proxmox-monitor/protocol';

/** What `zpool status` prints for a device whose fault it has no words for. */
const NO_WORDS = 'corrupted data';

/** Words that `zpool status` prints behind a vdev, by the name that JSON has for the same (`aux`). */
const NOTES: ReadonlyMap<string, string> = new Map([
  ['OPEN_FAILED', 'cannot open'],
  ['CORRUPT_DATA', NO_WORDS],
  ['NO_REPLICAS', 'insufficient replicas'],
  ['BAD_GUID_SUM', 'missing device'],
  ['TOO_SMALL', NO_WORDS],
  ['BAD_LABEL', 'invalid label'],
  ['VERSION_NEWER', 'newer version'],
  ['VERSION_OLDER', NO_WORDS],
  ['UNSUP_FEAT', 'unsupported feature(s)'],
  ['SPARED', 'currently in use'],
  ['ERR_EXCEEDED', 'too many errors'],
  ['IO_FAILURE', 'experienced I/O failures'],
  ['BAD_LOG', 'bad intent log'],
  ['EXTERNAL', 'external device fault'],
  ['SPLIT_POOL', 'split into new pool'],
  ['ACTIVE', 'currently in use'],
  ['CHILDREN_OFFLINE', 'all children offline'],
  ['ASHIFT_TOO_BIG', 'unsupported minimum blocksize'],
]);

/** The words for an `aux` of JSON; a name that is not known is given as it is, in small letters. */
export function noteOf(aux: string): string | undefined {
  if (aux === 'NONE' || aux === '') return undefined;
  return NOTES.get(aux) ?? aux.toLowerCase().replaceAll('_', ' ');
}

/**
 * What a vdev is, by the name that the tools give it: `mirror-0` is a mirror, `raidz2-0` a raidz2,
 * `draid1:3d:8c:1s-0` a draid1, `draid1-0-0` one of its distributed spares, all else a disk or, by its
 * path, a file.
 */
export function typeOfName(name: string): string {
  const group =
    /^(mirror|raidz[123]|spare|replacing|indirect|hole|draid[123])(?::[0-9a-z:]{1,64})?-\d{1,10}$/.exec(name);
  if (group?.[1] !== undefined) return group[1];
  if (/^draid[123]-\d{1,10}-\d{1,10}$/.test(name)) return 'draid-spare';
  if (name.startsWith('/') && !name.startsWith('/dev/')) return 'file';
  return 'disk';
}

/** The class of the vdevs below a heading of text (`logs`) or under a key of JSON (`l2cache`). */
export const CLASS_OF_GROUP: ReadonlyMap<string, Vdev['class']> = new Map([
  ['dedup', 'dedup'],
  ['special', 'special'],
  ['logs', 'log'],
  ['cache', 'cache'],
  ['l2cache', 'cache'],
  ['spares', 'spare'],
]);

/** Lines folded by the tools, as one: `has\n\tbeen  faulted\n` is `has been faulted`. */
export function unfold(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
