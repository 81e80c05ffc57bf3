import { HostFacts } from '@proxmox-monitor/protocol';
import { Value } from 'typebox/value';
import type { HostDetail } from '../api/schema.ts';
import { documentNames, type LatestDocuments } from '../ingest/latest.ts';
import type { HostReading, Moment } from './host-reading.ts';
import { present } from './present.ts';
import { summaryOf } from './summary.ts';

const NO_RATES: HostDetail['rates'] = { disks: [], interfaces: [], guests: [] };

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
  const result: HostDetail['documents'] = {};
  for (const name of documentNames(documents)) {
    const dated = documents[name];
    if (dated === undefined) continue;
    const { receivedAtMs, takenAtMs, body } = dated;
    Object.assign(result, { [name]: { receivedAtMs, takenAtMs, body } });
  }
  return result;
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
