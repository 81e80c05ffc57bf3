import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Documents } from '@proxmox-monitor/protocol';
import type { Context } from '../http/context.ts';
import { documentNames, type LatestHost } from '../ingest/latest.ts';
import { END, type Format, header, sampleName, series } from './exposition.ts';
import { DEVICES } from './families/devices.ts';
import { PROXMOX } from './families/proxmox.ts';
import { sourceFamilies } from './families/sources.ts';
import { SYSTEM } from './families/system.ts';
import { ZFS } from './families/zfs.ts';
import type { Family, ScrapedHost } from './family.ts';
import { serverFamilies } from './server-families.ts';

const PREFIX = 'proxmox_monitor_';
/** The one thread of the server goes on with its agents after so many lines: about a millisecond. */
const LINES_AT_ONCE = 1_000;

/** Families whose points come from hosts' documents, in the order in which they are written. */
export const DOCUMENT_FAMILIES: readonly Family[] = [...SYSTEM, ...DEVICES, ...ZFS, ...PROXMOX];

/** Everything that `/metrics` tells, in pieces. A family's points stand together, as both formats want it. */
export async function* scrape(context: Context, format: Format): AsyncGenerator<string> {
  for (const { isStandard = false, points, ...family } of serverFamilies(context)) {
    const name = `${isStandard ? '' : PREFIX}${family.name}`;
    let text = header(format, { ...family, points: () => [] }, name);
    for (const [labels, value] of points()) {
      if (value !== undefined) text += `${series(sampleName(family.type, name), labels)} ${value}\n`;
    }
    yield text;
  }
  const latest = (hostId: number): LatestHost | undefined => context.latest.get(hostId);
  const hosts = context.fleet.hosts().map((host): ScrapedHost => {
    const summary = context.fleet.summary(host);
    const isUp = summary.state === 'live' || summary.state === 'attention';
    return { host, summary, documents: isUp ? bodiesOf(latest(host.id)) : {} };
  });
  const sourcesOf = (hostId: number): LatestHost['sources'] => latest(hostId)?.sources ?? new Map();
  for (const family of [...DOCUMENT_FAMILIES, ...sourceFamilies(sourcesOf)]) {
    yield* written(family, format, hosts);
  }
  yield END[format];
}

async function* written(
  family: Family,
  format: Format,
  hosts: readonly ScrapedHost[],
): AsyncGenerator<string> {
  const name = `${PREFIX}${family.name}`;
  const sample = sampleName(family.type, name);
  let text = header(format, family, name);
  let lines = 0;
  for (const scraped of hosts) {
    // Prometheus refuses everything when two points are of one series; names come from outside.
    const told = new Set<string>();
    for (const [labels, value] of family.points(scraped)) {
      const own = value === undefined ? '' : series(sample, { host: scraped.host.name, ...labels });
      if (value === undefined || told.has(own)) continue;
      told.add(own);
      text += `${own} ${value}\n`;
      lines += 1;
    }
    if (lines < LINES_AT_ONCE) continue;
    yield text;
    await nextTurn();
    text = '';
    lines = 0;
  }
  yield text;
}

function bodiesOf(latest: LatestHost | undefined): Documents {
  if (latest === undefined) return {};
  const { documents } = latest;
  return Object.fromEntries(documentNames(documents).map((name) => [name, documents[name]?.body]));
}
