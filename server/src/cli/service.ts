import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadConfig, processSources } from '../config/load.ts';
import { CommandError } from './errors.ts';

const UNIT = 'proxmox-monitor-server.service';

/** What systemd says of the service: `active`, `inactive`, `failed`, `activating` and so on. */
export type ServiceState = string;

/** Undefined where this user cannot start and stop it, or where it works on another database. */
export function serviceState(databasePath: string): ServiceState | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/run/systemd/system')) return undefined;
  const itsDatabase = loadConfig({ ...processSources(undefined), environment: {} }).config.databasePath;
  if (itsDatabase !== databasePath) return undefined;
  const shown = spawnSync('systemctl', ['show', '--property', 'LoadState,ActiveState', UNIT], {
    encoding: 'utf8',
  });
  if (!shown.stdout?.includes('LoadState=loaded')) return undefined;
  return /^ActiveState=(.*)$/m.exec(shown.stdout)?.[1];
}

/** @throws CommandError */
export function stopService(): void {
  systemctl('stop');
}

/** @throws CommandError */
export function startService(): void {
  systemctl('start');
}

function systemctl(verb: 'start' | 'stop'): void {
  const { status, stderr, error } = spawnSync('systemctl', [verb, UNIT], { encoding: 'utf8' });
  if (status === 0) return;
  throw new CommandError(`systemctl ${verb} ${UNIT} failed: ${error?.message ?? stderr.trim()}`);
}
