import { absent, type Collector } from '../collector.ts';
import { hasProxmox, readConfiguration, readPmxcfs } from '../pve/pmxcfs.ts';
import { replicationJobs } from '../pve/replication.ts';
import { parseSectionConfig } from '../pve/section-config.ts';
import { parseVmlist } from '../pve/vmlist.ts';

const FILE = 'replication.cfg';

export const pveReplication: Collector<'pveReplication'> = {
  name: 'pveReplication',
  everyMs: 60_000,
  timeoutMs: 12_000,
  async collect(host) {
    if (!(await hasProxmox(host))) return absent('no Proxmox VE on this host');
    const [{ members, text }, texts, state] = await Promise.all([
      readPmxcfs(host),
      readConfiguration(host, { files: [FILE] }),
      host.read('/var/lib/pve-manager/pve-replication-state.json'),
    ]);
    const sections = parseSectionConfig(`/etc/pve/${FILE}`, texts.get(FILE) ?? '');
    if (sections.length === 0) return absent('no replication jobs');
    const local = parseVmlist(text('.vmlist') ?? '{}').filter(({ node }) => node === members.nodeName);
    return { jobs: replicationJobs(sections, state, new Set(local.map(({ vmid }) => vmid))) };
  },
};
