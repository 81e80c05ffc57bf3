import { ParseError } from '../errors.ts';

/** Values of a node, as pvestatd broadcast them. */
export interface NodeRecord {
  /** Seconds since 1970. */
  readonly atSeconds: number;
  readonly uptimeSeconds: number | undefined;
}

/** Values of a guest, as pvestatd broadcast them. Amounts in bytes, counters since the guest was started. */
export interface GuestRecord {
  readonly atSeconds: number;
  readonly uptimeSeconds: number | undefined;
  readonly name: string | undefined;
  readonly status: string;
  readonly isTemplate: boolean;
  readonly cpus: number | undefined;
  /** 1 is all of its CPUs. */
  readonly cpuShare: number | undefined;
  readonly memoryMaximum: number | undefined;
  readonly memoryUsed: number | undefined;
  readonly diskMaximum: number | undefined;
  readonly diskUsed: number | undefined;
  readonly networkIn: number | undefined;
  readonly networkOut: number | undefined;
  readonly diskRead: number | undefined;
  readonly diskWritten: number | undefined;
  readonly memoryHost: number | undefined;
  /** Percent: cpu some, cpu full, io some, io full, memory some, memory full. PVE 9 only. */
  readonly pressure: readonly (number | undefined)[];
}

export interface StorageRecord {
  readonly atSeconds: number;
  readonly total: number | undefined;
  readonly used: number | undefined;
}

/** What the nodes of a cluster last broadcast of themselves. */
export interface Rrd {
  readonly nodes: ReadonlyMap<string, NodeRecord>;
  readonly guests: ReadonlyMap<number, GuestRecord>;
  /** By `node/storage`. */
  readonly storages: ReadonlyMap<string, StorageRecord>;
}

/** Kinds of records by the first part of their key, PVE 9's and PVE 8's. Others, and columns added later, are passed over. */
interface Kind {
  readonly kind: 'node' | 'guest' | 'storage';
  readonly isNew: boolean;
  /** A record with fewer has lost its end. */
  readonly columns: number;
}
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['pve-node-9.0', { kind: 'node', isNew: true, columns: 22 }],
  ['pve2-node', { kind: 'node', isNew: false, columns: 15 }],
  ['pve-vm-9.0', { kind: 'guest', isNew: true, columns: 22 }],
  ['pve2.3-vm', { kind: 'guest', isNew: false, columns: 15 }],
  ['pve-storage-9.0', { kind: 'storage', isNew: true, columns: 3 }],
  ['pve2-storage', { kind: 'storage', isNew: false, columns: 3 }],
]);

/**
 * Parses /etc/pve/.rrd: a line `kind/name:field:…` for each node, guest and storage, `U` where nothing is known.
 * A cluster with both releases has both forms side by side; the newer one counts.
 * Format: PVE::Service::pvestatd of pve-manager 9.2, which writes it.
 * @throws ParseError when a record has too few fields, or one that is no number
 */
export function parseRrd(text: string): Rrd {
  const nodes = new Map<string, NodeRecord>();
  const guests = new Map<number, GuestRecord>();
  const storages = new Map<string, StorageRecord>();
  for (const line of text.split('\n')) {
    const slash = line.indexOf('/');
    const kind = KINDS.get(line.slice(0, Math.max(0, slash)));
    if (kind === undefined) continue;
    const [name = '', ...values] = line.slice(slash + 1).split(':');
    if (values.length < kind.columns) {
      throw new ParseError(
        `/etc/pve/.rrd has ${values.length} instead of ${kind.columns} columns in "${line.slice(0, 60)}"`,
      );
    }
    const fields = new Fields(line, values);
    if (kind.kind === 'node') keep(nodes, name, nodeOf(fields), kind.isNew);
    else if (kind.kind === 'storage') keep(storages, name, storageOf(fields), kind.isNew);
    else keep(guests, vmidOf(name), guestOf(fields), kind.isNew);
  }
  return { nodes, guests, storages };
}

function keep<Key, Value>(into: Map<Key, Value>, key: Key, value: Value, wins: boolean): void {
  if (wins || !into.has(key)) into.set(key, value);
}

function vmidOf(name: string): number {
  if (!/^[1-9]\d{0,8}$/.test(name)) throw new ParseError(`/etc/pve/.rrd has a guest "${name.slice(0, 30)}"`);
  return Number(name);
}

function nodeOf(fields: Fields): NodeRecord {
  return { atSeconds: fields.required(2), uptimeSeconds: fields.number(0) };
}

function storageOf(fields: Fields): StorageRecord {
  return { atSeconds: fields.required(0), total: fields.number(1), used: fields.number(2) };
}

function guestOf(fields: Fields): GuestRecord {
  return {
    uptimeSeconds: fields.number(0),
    name: fields.text(1),
    status: fields.text(2) ?? 'unknown',
    isTemplate: fields.text(3) === '1',
    atSeconds: fields.required(4),
    cpus: fields.number(5),
    cpuShare: fields.number(6),
    memoryMaximum: fields.number(7),
    memoryUsed: fields.number(8),
    diskMaximum: fields.number(9),
    diskUsed: fields.number(10),
    networkIn: fields.number(11),
    networkOut: fields.number(12),
    diskRead: fields.number(13),
    diskWritten: fields.number(14),
    memoryHost: fields.number(15),
    pressure: [16, 17, 18, 19, 20, 21].map((index) => fields.number(index)),
  };
}

/** The fields of one line. */
class Fields {
  readonly #line: string;
  readonly #values: readonly string[];

  constructor(line: string, values: readonly string[]) {
    this.#line = line;
    this.#values = values;
  }

  text(index: number): string | undefined {
    const value = this.#values[index];
    return value === undefined || value === '' || value === 'U' ? undefined : value;
  }

  number(index: number): number | undefined {
    const value = this.text(index);
    if (value === undefined) return undefined;
    if (/^\d{1,20}(\.\d{1,30})?(e[-+]\d{1,3})?$/.test(value)) return Number(value);
    throw new ParseError(`/etc/pve/.rrd: field ${index + 2} is no number in "${this.#line.slice(0, 60)}"`);
  }

  required(index: number): number {
    const value = this.number(index);
    if (value === undefined)
      throw new ParseError(`/etc/pve/.rrd has a line without its time: "${this.#line.slice(0, 60)}"`);
    return value;
  }
}
