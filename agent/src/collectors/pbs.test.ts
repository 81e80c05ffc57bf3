import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { runOnce } from '../run-once.ts';
import { RecordedHost } from '../testing/recorded-host.ts';
import { parseDatastores, pbs } from './pbs.ts';

const DATASTORES = `datastore: store1
	comment nightly, off site
	gc-schedule daily
	maintenance-mode type=read-only,message="moving"
	path /mnt/datastore/store1

datastore: usb
	path /mnt/usb
`;

test('a backup server tells its version and its datastores', async () => {
  const host = new RecordedHost()
    .files({
      '/etc/proxmox-backup/datastore.cfg': DATASTORES,
      '/var/lib/dpkg/status':
        'Package: proxmox-backup-server\nStatus: install ok installed\nVersion: 3.4.1-1\n\n',
    })
    .program('/usr/sbin/proxmox-backup-manager', 'exit 1');
  expect((await runOnce(pbs, host, systemClock)).document).toEqual({
    version: '3.4.1-1',
    datastores: [
      {
        name: 'store1',
        path: '/mnt/datastore/store1',
        garbageCollectionSchedule: 'daily',
        maintenanceMode: 'type=read-only,message="moving"',
        comment: 'nightly, off site',
      },
      { name: 'usb', path: '/mnt/usb' },
    ],
  });
});

test('another host has none', async () => {
  expect((await runOnce(pbs, new RecordedHost(), systemClock)).source).toMatchObject({
    state: 'absent',
    reason: 'no Proxmox Backup Server on this host',
  });
});

test('a datastore without a path is an error', () => {
  expect(() => parseDatastores('datastore: a\n\tcomment x\n')).toThrow('a has no path');
});
