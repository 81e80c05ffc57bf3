import type { ServicesDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { ParseError, ToolMissingError } from '../errors.ts';
import { given } from '../given.ts';
import type { Host } from '../host.ts';
import { wholeLines } from '../lines.ts';
import { hasBackupServer } from '../pbs/backup-server.ts';
import { hasProxmox } from '../pve/pmxcfs.ts';

type Service = ServicesDocument['services'][number];

const TIMEOUT_MS = 10_000;
const PROPERTIES = [
  'Id',
  'Description',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'NRestarts',
  'Type',
];

/** What a Proxmox VE host runs. corosync is only at work in a cluster. */
const PVE = [
  'pve-cluster',
  'pvedaemon',
  'pveproxy',
  'pvestatd',
  'pvescheduler',
  'pve-firewall',
  'pve-ha-crm',
  'pve-ha-lrm',
  'pve-lxc-syscalld',
  'qmeventd',
  'spiceproxy',
  'lxcfs',
  'watchdog-mux',
  'corosync',
];
const PBS = ['proxmox-backup', 'proxmox-backup-proxy'];
const EVERYWHERE = ['ssh', 'cron', 'chrony', 'systemd-timesyncd', 'zfs-zed', 'smartmontools', 'postfix'];

export const services: Collector<'services'> = {
  name: 'services',
  everyMs: 60_000,
  timeoutMs: 2 * TIMEOUT_MS + 1_000,
  async collect(host, signal) {
    const options = { timeoutMs: TIMEOUT_MS, signal, package: 'systemd' };
    const wanted = [
      ...((await hasProxmox(host)) ? PVE : []),
      ...((await hasBackupServer(host)) ? PBS : []),
      ...EVERYWHERE,
    ];
    try {
      const failed = await host.run(
        'systemctl',
        ['list-units', '--failed', '--all', '--plain', '--no-legend', '--no-pager', '--full'],
        options,
      );
      const shown = await host.run(
        'systemctl',
        [
          'show',
          '--no-pager',
          `--property=${PROPERTIES.join(',')}`,
          ...wanted.map((name) => `${name}.service`),
        ],
        { ...options, subject: 'show' },
      );
      const inCluster = await host.has('/etc/corosync/corosync.conf');
      return { failed: parseFailedUnits(failed), services: parseServices(shown, inCluster) };
    } catch (error) {
      if (error instanceof ToolMissingError || !(await runsSystemd(host)))
        return absent('no systemd on this host');
      throw error;
    }
  },
};

/** A chroot has the program, and nothing that answers it. A recorded host has a stand-in. */
async function runsSystemd(host: Host): Promise<boolean> {
  return host.root !== '/' || (await host.has('/run/systemd/system'));
}

/**
 * Parses `systemctl list-units --failed --plain --no-legend --full`: unit, load, active, sub, description.
 * @throws ParseError
 */
export function parseFailedUnits(text: string): ServicesDocument['failed'] {
  return wholeLines('what systemctl printed', text)
    .filter((line) => line.trim() !== '')
    .slice(0, 1024)
    .map((line) => {
      const match =
        /^\s*(?:\S\s+)?([^\s]{1,256})\s+(loaded|not-found|bad-setting|error|masked)\s+\S+\s+\S+\s*(.*)$/.exec(
          line,
        );
      if (match?.[1] === undefined) throw new ParseError(`systemctl printed "${line.slice(0, 60)}"`);
      return {
        unit: match[1],
        ...given({ description: match[3] === '' ? undefined : match[3]?.slice(0, 2048) }),
      };
    });
}

/**
 * Parses `systemctl show` of several units: `KEY=VALUE` lines, a blank line between units. Units that are not installed
 * are left out.
 * @throws ParseError
 */
export function parseServices(text: string, inCluster: boolean): Service[] {
  return wholeLines('what systemctl show printed', text)
    .join('\n')
    .split(/\n\n+/)
    .map((block) => new Map(block.split('\n').map((line) => pair(line))))
    .filter((unit) => unit.has('Id') && unit.get('LoadState') !== 'not-found')
    .map((unit) => {
      const value = (key: string): string | undefined => unit.get(key) || undefined;
      const [id, activeState, subState] = [value('Id'), value('ActiveState'), value('SubState')];
      const isWhole = unit.has('UnitFileState') && unit.has('Type');
      if (id === undefined || activeState === undefined || subState === undefined || !isWhole) {
        throw new ParseError(
          'systemctl show told of a unit without its state, its type or whether it is enabled',
        );
      }
      const restarts = value('NRestarts');
      return {
        unit: id,
        activeState,
        subState,
        isExpected: isExpected(id, value('UnitFileState'), value('Type'), inCluster),
        ...given({
          description: value('Description')?.slice(0, 2048),
          unitFileState: value('UnitFileState'),
          restarts: restarts !== undefined && /^\d{1,9}$/.test(restarts) ? Number(restarts) : undefined,
        }),
      };
    });
}

function pair(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

/** Enabled, and not one that ends after its work, nor one that has nothing to do here. */
function isExpected(
  id: string,
  fileState: string | undefined,
  type: string | undefined,
  inCluster: boolean,
): boolean {
  if (id === 'corosync.service' && !inCluster) return false;
  return (fileState === 'enabled' || fileState === 'enabled-runtime') && type !== 'oneshot';
}
