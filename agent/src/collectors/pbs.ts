import { LIMITS, type PbsDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { installedVersions } from '../dpkg.ts';
import { ParseError } from '../errors.ts';
import { given } from '../given.ts';
import { hasBackupServer } from '../pbs/backup-server.ts';
import { parseSectionConfig } from '../pve/section-config.ts';

const DATASTORES = '/etc/proxmox-backup/datastore.cfg';
const PACKAGE = 'proxmox-backup-server';

export const pbs: Collector<'pbs'> = {
  name: 'pbs',
  everyMs: 60 * 60_000,
  timeoutMs: 5_000,
  // Its configuration is for its own user only.
  runsIn: 'helper',
  async collect(host) {
    if (!(await hasBackupServer(host))) return absent('no Proxmox Backup Server on this host');
    const [text, versions] = await Promise.all([
      host.read(DATASTORES),
      installedVersions(host, (name) => name === PACKAGE),
    ]);
    return {
      datastores: text === undefined ? [] : parseDatastores(text),
      ...given({ version: versions.get(PACKAGE) }),
    };
  },
};

/**
 * Parses datastore.cfg of Proxmox Backup Server.
 * @throws ParseError
 */
export function parseDatastores(text: string): PbsDocument['datastores'] {
  return parseSectionConfig(DATASTORES, text)
    .filter(({ type }) => type === 'datastore')
    .slice(0, 256)
    .map(({ id, properties }) => {
      const path = properties.get('path');
      if (path === undefined || path === '') throw new ParseError(`${DATASTORES}: ${id} has no path`);
      return {
        name: id.slice(0, LIMITS.nameLength),
        path: path.slice(0, LIMITS.nameLength),
        ...given({
          garbageCollectionSchedule: properties.get('gc-schedule')?.slice(0, LIMITS.nameLength),
          maintenanceMode: properties.get('maintenance-mode')?.slice(0, LIMITS.nameLength),
          comment: properties.get('comment')?.slice(0, LIMITS.textLength),
        }),
      };
    });
}
