import { fits, UpkeepDocument } from '@proxmox-monitor/protocol';
import * as Type from 'typebox';
import { given } from '../given.ts';
import type { Host } from '../host.ts';
import { AptSimulation } from './apt-simulation.ts';

const STATE_NAME = 'updates.json';
const TIMEOUT_MS = 60_000;
const LISTS = '/var/lib/apt/lists';
/** `apt-get update` writes in the second one even when there was nothing new. */
const LIST_FOLDERS = [LISTS, `${LISTS}/partial`];
/** What an upgrade depends on: what is installed, what could be, and what is held or pinned. */
const INPUTS = [
  '/var/lib/dpkg/status',
  LISTS,
  '/etc/apt',
  '/etc/apt/preferences.d',
  '/etc/apt/sources.list.d',
];

const Remembered = Type.Object({ inputs: Type.String(), updates: Type.Index(UpkeepDocument, ['updates']) });

/**
 * Updates that are ready to be installed. apt-get is asked only when something changed that its answer depends on: it
 * reads all lists, which takes a second. It takes no lock and changes nothing.
 * @returns undefined where no package lists have been fetched yet
 * @throws ToolMissingError, ToolFailedError, TimeoutError, ParseError
 */
export async function readUpdates(host: Host, signal: AbortSignal): Promise<UpkeepDocument['updates']> {
  if (!(await host.list(LISTS)).some((name) => name.includes('_Packages'))) return undefined;
  const listsAtMs = latest(await Promise.all(LIST_FOLDERS.map((path) => host.modifiedMs(path))));
  const inputs = (await Promise.all(INPUTS.map((path) => host.modifiedMs(path)))).join(' ');
  const before = parseRemembered(await host.untilReboot.read(STATE_NAME));
  if (before?.inputs === inputs && before.updates !== undefined) {
    return { ...before.updates, ...given({ listsAtMs }) };
  }
  const simulation = new AptSimulation();
  await host.run('apt-get', ['--simulate', '-o', 'Debug::NoLocking=true', 'dist-upgrade'], {
    timeoutMs: TIMEOUT_MS,
    signal,
    package: 'apt',
    onLine: (line) => simulation.take(line),
  });
  const updates = { ...simulation.end(), ...given({ listsAtMs }) };
  await host.untilReboot.write(STATE_NAME, JSON.stringify({ inputs, updates }));
  return updates;
}

function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function parseRemembered(text: string | undefined): Type.Static<typeof Remembered> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return fits(Remembered, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
