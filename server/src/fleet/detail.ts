import { HostFacts } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import type { HostDetail } from '../api/schema.ts';
import type { DatedDocument, LatestDocuments } from '../ingest/latest.ts';
import type { HostReading, Moment } from './host-reading.ts';
import { present } from './present.ts';
import { summaryOf } from './summary.ts';

const NO_RATES: HostDetail['rates'] = { disks: [], interfaces: [] };

/** All that is known of one host. */
export function detailOf(reading: HostReading, moment: Moment): HostDetail {
  const { host, latest, duplicate } = reading;
  return {
    serverTimeMs: moment.nowMs,
    summary: summaryOf(reading, moment),
    rates: latest?.rates ?? NO_RATES,
    documents: documentsOf(latest?.documents ?? {}),
    sources: [...(latest?.sources ?? [])].map(([name, source]) => ({ name, source })),
    ...present('facts', factsOf(host.facts)),
    ...present('bootId', host.bootId),
    ...present('clockSkewMs', host.clockSkewMs),
    ...present(
      'duplicateAgent',
      duplicate && {
        atMs: duplicate.atMs,
        address: duplicate.address,
        connectedAddress: duplicate.connectedAddress,
        ...present('hostname', duplicate.hostname),
      },
    ),
  };
}

/** Without what only the computing of rates needs. */
function documentsOf(documents: LatestDocuments): HostDetail['documents'] {
  return {
    ...present('cpu', dated(documents.cpu)),
    ...present('load', dated(documents.load)),
    ...present('memory', dated(documents.memory)),
    ...present('swap', dated(documents.swap)),
    ...present('pressure', dated(documents.pressure)),
    ...present('uptime', dated(documents.uptime)),
    ...present('diskIo', dated(documents.diskIo)),
    ...present('network', dated(documents.network)),
    ...present('filesystems', dated(documents.filesystems)),
    ...present('zfsPools', dated(documents.zfsPools)),
    ...present('zfsArc', dated(documents.zfsArc)),
  };
}

function dated<Body>(document: DatedDocument<Body> | undefined) {
  if (document === undefined) return undefined;
  const { receivedAtMs, takenAtMs, body } = document;
  return { receivedAtMs, takenAtMs, body };
}

/** The database's text was checked when it came in; a file that was edited since must not break the page. */
export function factsOf(text: string | null): HostFacts | undefined {
  if (text === null) return undefined;
  try {
    const facts: unknown = JSON.parse(text);
    return Value.Check(HostFacts, facts) ? facts : undefined;
  } catch {
    return undefined;
  }
}
