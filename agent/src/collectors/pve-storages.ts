import { LIMITS, type PveStorage } from '@proxmox-monitor/protocol';
import { absent, type Collector, Stale } from '../collector.ts';
import { given } from '../given.ts';
import { timeOf } from '../host-time.ts';
import { hasProxmox, readConfiguration, readPmxcfs } from '../pve/pmxcfs.ts';
import { parseRrd, type Rrd } from '../pve/rrd.ts';
import { parseSectionConfig, type Section } from '../pve/section-config.ts';
import { pvestatdSilence, toldAtMs } from '../pve/silence.ts';

const FILE = 'storage.cfg';

export const pveStorages: Collector<'pveStorages'> = {
  name: 'pveStorages',
  everyMs: 60_000,
  timeoutMs: 12_000,
  async collect(host) {
    if (!(await hasProxmox(host))) return absent('no Proxmox VE on this host');
    const [pmxcfs, texts] = await Promise.all([readPmxcfs(host), readConfiguration(host, { files: [FILE] })]);
    const { nodeName } = pmxcfs.members;
    const rrd = parseRrd(pmxcfs.text('.rrd') ?? '');
    const nowMs = await timeOf(host, toldAtMs(rrd, nodeName));
    const silence = pvestatdSilence(rrd, nodeName, nowMs);
    const sections = parseSectionConfig(`/etc/pve/${FILE}`, texts.get(FILE) ?? '');
    const document = { storages: describeStorages(sections, nodeName, rrd, silence === undefined) };
    return silence === undefined ? document : new Stale(document, silence);
  },
};

/** Kinds that are shared by their nature. */
const SHARED = new Set([
  'nfs',
  'cifs',
  'pbs',
  'rbd',
  'cephfs',
  'iscsi',
  'iscsidirect',
  'glusterfs',
  'zfs',
  'esxi',
]);

/** Proxmox has it also where no file names it. */
const LOCAL: Section = {
  type: 'dir',
  id: 'local',
  properties: new Map([['content', 'rootdir,images,vztmpl,iso,backup,snippets']]),
};

/**
 * The storages that a node is to use, in the file's order.
 * @param isTold whether pvestatd tells of this node: only then a storage that it does not tell of is inactive
 */
export function describeStorages(
  sections: readonly Section[],
  nodeName: string,
  rrd: Rrd,
  isTold: boolean,
): PveStorage[] {
  const all = sections.some(({ id }) => id === LOCAL.id) ? sections : [LOCAL, ...sections];
  return all
    .filter(({ properties }) => isFor(nodeName, properties.get('nodes')))
    .slice(0, LIMITS.listLength)
    .map(({ type, id, properties }) => {
      const record = rrd.storages.get(`${nodeName}/${id}`);
      const isEnabled = !isOn(properties.get('disable'));
      return {
        name: id,
        type,
        contents: namesOf(properties.get('content')),
        isShared: SHARED.has(type) || isOn(properties.get('shared')),
        isEnabled,
        ...given({
          isActive: isTold ? record !== undefined : undefined,
          totalBytes: record?.total,
          usedBytes: record?.used,
          reportedAtMs: record === undefined ? undefined : record.atSeconds * 1000,
        }),
      };
    });
}

function isFor(nodeName: string, nodes: string | undefined): boolean {
  return nodes === undefined || namesOf(nodes).includes(nodeName);
}

function namesOf(list: string | undefined): string[] {
  return (list ?? '').split(/[,; ]+/).filter((name) => name !== '' && name !== 'none');
}

/** A switch of a section: without a value, or 1. */
function isOn(value: string | undefined): boolean {
  return value === '' || value === '1' || value === 'yes' || value === 'on' || value === 'true';
}
