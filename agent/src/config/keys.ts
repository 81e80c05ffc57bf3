import { dirname, resolve } from 'node:path';
import { parseServerAddress, type ServerAddress } from './server-address.ts';
import { suggestPath } from './suggest.ts';
import type { Entry } from './toml-file.ts';
import { readPins, readSeconds, readText, readTexts, readWhole } from './values.ts';

/** What configuration files have said so far. */
export interface Draft {
  server?: ServerAddress;
  tokenFile?: string;
  caFile?: string;
  pins?: readonly string[];
  spoolDays?: number;
  spoolMegabytes?: number;
  disabledCollectors?: readonly string[];
  /** Milliseconds between two runs, by collector. */
  readonly everyMs: Map<string, number>;
}

type Apply = (draft: Draft, entry: Entry, collector: string) => void;

/** Everything that can be set. `*` stands for the name of a collector. */
const KEYS: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  [
    'server.url',
    (draft, { value }) => {
      draft.server = parseServerAddress(readText(value, 'https://monitor.example.org'));
    },
  ],
  [
    'server.token_file',
    (draft, { value, file }) => {
      draft.tokenFile = beside(file, readText(value, '/etc/proxmox-monitor/agent.token'));
    },
  ],
  [
    'server.ca_file',
    (draft, { value, file }) => {
      draft.caFile = beside(file, readText(value, '/etc/proxmox-monitor/ca.pem'));
    },
  ],
  [
    'server.pin_sha256',
    (draft, { value }) => {
      draft.pins = readPins(value);
    },
  ],
  [
    'spool.days',
    (draft, { value }) => {
      draft.spoolDays = readWhole(value, 'days', 1, 60);
    },
  ],
  [
    'spool.megabytes',
    (draft, { value }) => {
      draft.spoolMegabytes = readWhole(value, 'megabytes', 0, 65_536);
    },
  ],
  [
    'collectors.disabled',
    (draft, { value }) => {
      draft.disabledCollectors = readTexts(value, 'filesystems');
    },
  ],
  [
    'collectors.*.every_seconds',
    (draft, { value }, collector) => {
      draft.everyMs.set(collector, readSeconds(value, 10, 86_400));
    },
  ],
]);

/** The key of an entry as the list above names it, or undefined when nobody knows it. */
export function applyOf(path: readonly string[], collectorNames: readonly string[]): Apply | undefined {
  const [table, collector, key] = path;
  const isCollectors = table === 'collectors' && path.length === 3;
  if (isCollectors)
    return collectorNames.includes(collector ?? '') ? KEYS.get(`collectors.*.${key}`) : undefined;
  return path.includes('*') ? undefined : KEYS.get(path.join('.'));
}

export function isKnownTable(path: readonly string[], collectorNames: readonly string[]): boolean {
  return knownPaths(collectorNames).some(
    (known) => known.length > path.length && path.every((part, index) => part === known[index]),
  );
}

/** `unknown key "sever.url"; did you mean "server.url"?` */
export function unknownKey(path: readonly string[], collectorNames: readonly string[]): string {
  const tables = [
    ['server'],
    ['spool'],
    ['collectors'],
    ...collectorNames.map((name) => ['collectors', name]),
  ];
  const likely = suggestPath(path, [...knownPaths(collectorNames), ...tables]);
  const hint =
    likely === undefined ? `known are ${[...KEYS.keys()].join(', ')}` : `did you mean "${likely.join('.')}"?`;
  return `unknown key ${JSON.stringify(path.join('.'))}; ${hint}`;
}

function knownPaths(collectorNames: readonly string[]): string[][] {
  return [...KEYS.keys()].flatMap((key) =>
    key.includes('*') ? collectorNames.map((name) => key.replace('*', name).split('.')) : [key.split('.')],
  );
}

function beside(file: string, path: string): string {
  return resolve(dirname(file), path);
}
