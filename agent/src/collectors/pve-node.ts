import type { PveNodeDocument } from '@proxmox-monitor/protocol';
import { absent, type Collector } from '../collector.ts';
import { installedVersions } from '../dpkg.ts';
import { given } from '../given.ts';
import { parseLocalManagerStatus, parseManagerStatus } from '../pve/ha.ts';
import { hasProxmox, type Pmxcfs, readPmxcfs } from '../pve/pmxcfs.ts';
import { parseRrd } from '../pve/rrd.ts';
import { remembered } from './remembered.ts';

export const pveNode: Collector<'pveNode'> = {
  name: 'pveNode',
  everyMs: 10_000,
  timeoutMs: 6_000,
  async collect(host) {
    if (!(await hasProxmox(host))) return absent('no Proxmox VE on this host');
    const [pmxcfs, version] = await Promise.all([readPmxcfs(host), versionOf(host, 'pve-manager')]);
    return parsePveNode(pmxcfs, version);
  },
};

/** A package's version seldom changes, and dpkg's file is long. */
const VERSION_MS = 60 * 60 * 1000;
const versionOf = remembered(VERSION_MS, async (host, name) =>
  (await installedVersions(host, (found) => found === name)).get(name),
);

/** @throws ParseError */
export function parsePveNode({ members, text }: Pmxcfs, version: string | undefined): PveNodeDocument {
  const record = parseRrd(text('.rrd') ?? '').nodes.get(members.nodeName);
  const ha = highAvailability(text('ha/manager_status'), text('local/lrm_status'));
  return {
    nodeName: members.nodeName,
    ...given({
      version,
      cluster: members.cluster,
      ha,
      reportedAtMs: record === undefined ? undefined : record.atSeconds * 1000,
    }),
  };
}

function highAvailability(
  managerText: string | undefined,
  localText: string | undefined,
): PveNodeDocument['ha'] {
  if (managerText === undefined) return undefined;
  const manager = parseManagerStatus(managerText);
  const local = localText === undefined ? undefined : parseLocalManagerStatus(localText);
  return {
    ...given({
      managerNode: manager.managerNode,
      managerSeenAtMs: manager.seenAtMs,
      localState: local?.state,
      localMode: local?.mode,
      localSeenAtMs: local?.seenAtMs,
    }),
    nodes: manager.nodes,
  };
}
