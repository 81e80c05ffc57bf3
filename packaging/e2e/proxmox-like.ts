import { join } from 'node:path';
import type { Container } from './bed/container.ts';

const RECORDED = join(
  import.meta.dirname,
  '../../agent/fixtures/zfs/questing-2.3.4/14-resilver-in-progress-spare',
);
/** What `zpool` printed at the recorded moment. */
const ANSWERS = ['status-j-p.json', 'status.txt', 'list-Hp.txt'];

/** The recorded pool, as a person reads it in status.txt. */
export const RECORDED_POOL = { name: 'tank', guid: '11948066497037012405', state: 'DEGRADED' };

/** `zpool` for a container that has no ZFS: it answers what a real one answered on a host with OpenZFS 2.3. */
const STAND_IN = `#!/bin/sh
case "$1 $2" in
  'status -j') exec cat /usr/share/recorded/status-j-p.json ;;
  'status -p') exec cat /usr/share/recorded/status.txt ;;
  'list -Hp') exec cat /usr/share/recorded/list-Hp.txt ;;
esac
echo "unrecorded: zpool $*" >&2
exit 2
`;

/** Gives a plain Debian the pools of a Proxmox host, in the middle of a resilver. */
export async function makeProxmoxLike(host: Container): Promise<void> {
  await host.run('mkdir -p /usr/share/recorded');
  for (const name of ANSWERS) await host.push(join(RECORDED, name), `/usr/share/recorded/${name}`);
  await host.write('/usr/sbin/zpool', STAND_IN);
  await host.run('chmod 755 /usr/sbin/zpool');
}
