import { describe, test } from 'vitest';
import { parseCephStatus } from '../ceph/status.ts';
import { checkDocument } from '../checked-document.ts';
import { parseDatastores } from '../collectors/pbs.ts';
import { ParseError } from '../errors.ts';
import { expectHoldsWhenDamaged, expectHonestWhenCut } from '../testing/mutation.ts';
import { recordedFile } from '../testing/recorded-host.ts';
import { AptSimulation } from './apt-simulation.ts';
import { compareReleases, newestKernel } from './kernels.ts';
import { parseSubscription } from './subscription.ts';
import { parseSynchronized } from './time-sync.ts';

const nothing = { rebootReasons: [], packages: [] };

function updatesOf(text: string): unknown {
  const simulation = new AptSimulation();
  for (const line of text.split('\n')) simulation.take(line);
  const updates = simulation.end();
  checkDocument('upkeep', { ...nothing, updates });
  return updates;
}

const CASES: readonly {
  readonly name: string;
  readonly text: string;
  readonly parse: (text: string) => unknown;
  readonly isTold?: false;
}[] = [
  {
    name: 'apt-get --simulate',
    text: recordedFile('debian-mdraid/recorded/apt-get/simulate.txt'),
    parse: updatesOf,
  },
  {
    name: 'a subscription',
    text: recordedFile('pve8-cluster/etc/subscription'),
    parse: (text) => {
      const subscription = parseSubscription(text);
      checkDocument('upkeep', { ...nothing, subscription });
      return subscription;
    },
  },
  {
    name: 'timedatectl',
    text: recordedFile('pbs/recorded/timedatectl/show.txt'),
    parse: (text) => {
      const timeSync = { isSynchronized: parseSynchronized(text) };
      checkDocument('upkeep', { ...nothing, timeSync });
      return timeSync;
    },
  },
  {
    name: 'releases of kernels',
    text: '6.8.12-4-pve 6.8.12-11-pve 6.1.0-28-cloud-amd64 6.12.48+deb13-amd64',
    parse: (text) => {
      const releases = text.split(' ');
      return [
        newestKernel(releases, releases[0] ?? ''),
        compareReleases(releases[0] ?? '', releases[1] ?? ''),
      ];
    },
    isTold: false,
  },
  {
    name: 'the status of Ceph',
    text: JSON.stringify({
      health: {
        status: 'HEALTH_WARN',
        checks: { OSD_DOWN: { severity: 'HEALTH_WARN', summary: { message: '1 osds down' }, muted: false } },
      },
      quorum_names: ['a', 'b'],
      monmap: { num_mons: 3 },
      osdmap: { num_osds: 6, num_up_osds: 5, num_in_osds: 6 },
      pgmap: {
        num_pgs: 129,
        pgs_by_state: [{ state_name: 'active+clean', count: 129 }],
        bytes_total: 3_000,
        bytes_used: 1_000,
        bytes_avail: 2_000,
      },
    }),
    parse: (text) => {
      const status = parseCephStatus(json(text));
      checkDocument('ceph', status);
      return status;
    },
  },
  {
    name: 'datastore.cfg',
    text: recordedFile('pbs/etc/proxmox-backup/datastore.cfg'),
    parse: (text) => {
      const datastores = parseDatastores(text);
      checkDocument('pbs', { datastores });
      return datastores;
    },
    // What people write may end anywhere; there is no number in it.
    isTold: false,
  },
];

describe('what is damaged gives a value that is valid or a ParseError', () => {
  test.each(CASES)('$name', ({ name, text, parse }) => {
    expectHoldsWhenDamaged(name, text, parse, 600);
  });
});

describe('what is cut off gives nothing that is not there in the whole of', () => {
  test.each(CASES.filter(({ isTold }) => isTold !== false))('$name', ({ text, parse }) => {
    expectHonestWhenCut(text, parse);
  });
});

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ParseError('not JSON', { cause: error });
  }
}
