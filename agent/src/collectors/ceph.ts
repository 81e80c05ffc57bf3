import { parseCephStatus } from '../ceph/status.ts';
import { absent, type Collector } from '../collector.ts';
import { askApi, localApi } from '../pve/api.ts';
import { API_TOKEN_FILE, readApiToken } from '../pve/api-token.ts';
import { hasProxmox, readConfiguration } from '../pve/pmxcfs.ts';

/** Monitors without a quorum let one wait for a minute. */
const TIMEOUT_MS = 15_000;
const CONFIGURATION = 'ceph.conf';

export const ceph: Collector<'ceph'> = {
  name: 'ceph',
  everyMs: 5 * 60_000,
  timeoutMs: TIMEOUT_MS,
  async collect(host, signal) {
    if (!(await hasProxmox(host))) return absent('no Proxmox VE on this host');
    const isConfigured = (await readConfiguration(host, { files: [CONFIGURATION] })).has(CONFIGURATION);
    if (!isConfigured) return absent('no Ceph in this cluster');
    const token = await readApiToken(host);
    if (token === undefined) {
      return absent(
        `Ceph is set up here; to see it, give the agent a token of Proxmox's API: ${API_TOKEN_FILE}, see agent.toml(5)`,
      );
    }
    if (host.root !== '/') return absent('a recorded host has no API to ask');
    return parseCephStatus(await askApi(await localApi(host), token, '/cluster/ceph/status', signal));
  },
};
