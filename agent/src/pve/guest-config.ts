/** What of a guest's configuration its values do not say. */
export interface GuestConfig {
  readonly name: string | undefined;
  readonly tags: readonly string[];
  readonly lock: string | undefined;
  readonly isTemplate: boolean;
  readonly startsAtBoot: boolean;
  readonly cpus: number | undefined;
  readonly memoryBytes: number | undefined;
}

const MIB = 1024 * 1024;

/**
 * Parses the configuration of a VM or a container, `key: value` lines, as far as the first section in brackets: what
 * follows is pending, or belongs to snapshots. Lines that begin with # are the description. Format: qm.conf(5),
 * pct.conf(5).
 */
export function parseGuestConfig(text: string): GuestConfig {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.startsWith('[')) break;
    const match = /^([a-z][a-z0-9_-]*): *(.*?) *$/i.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined && !values.has(match[1]))
      values.set(match[1], match[2]);
  }
  const number = (key: string): number | undefined => {
    // "memory" may also be a list of properties: "current=4096,…".
    const digits = /^(?:current=)?(\d{1,9})(?:$|[,.])/.exec(values.get(key) ?? '')?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  const cores = number('cores');
  const memory = number('memory');
  return {
    name: values.get('name') ?? values.get('hostname'),
    tags: (values.get('tags') ?? '').split(/[;, ]+/).filter((tag) => tag !== ''),
    lock: values.get('lock'),
    isTemplate: values.get('template') === '1',
    startsAtBoot: values.get('onboot') === '1',
    cpus: number('vcpus') ?? (cores === undefined ? undefined : cores * (number('sockets') ?? 1)),
    memoryBytes: memory === undefined ? undefined : memory * MIB,
  };
}
