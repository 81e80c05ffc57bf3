import { parseArgs } from 'node:util';

export const USAGE = `usage: scripts/bench agent [--minutes N] [--no-peers] [--packages FOLDER]
       scripts/bench agent --programs [--minutes N] [--packages FOLDER]
       scripts/bench server [--hosts 100] [--minutes N] [--no-peers] [--profile FOLDER] [--packages FOLDER]

agent: Measures the packaged agent on a replayed host with 30 guests, 2 pools and 8 disks, against the packaged server over
TLS, beside Debian's prometheus-node-exporter, zabbix-agent2 and netdata on the same host.
server: runs the packaged server under simulated agents, which send what the agent's collectors see on that host, each
as a host of its own every 10 s; then once more while Debian's Prometheus scrapes the same values.
  --hosts N           simulated hosts: 100 unless given, 1000 and 5000 have their place in docs/benchmarks.md
  --minutes N         how long to measure after warming up; 10 unless given
  --no-peers          without the programs that stand beside it
  --profile FOLDER    writes where the server's time went, as node --cpu-prof does; costs a few percent
  --programs          instead: every program that agent and helper start, with its arguments, and how often
  --packages FOLDER   packages to measure; otherwise those in dist, built first if they are older than the sources`;

/** What names and serial numbers of simulated hosts have room for. */
const MOST_HOSTS = 10_000;

export interface Arguments {
  readonly what: 'agent' | 'server' | 'help';
  readonly minutes: number;
  readonly withPeers: boolean;
  readonly programs: boolean;
  readonly hosts: number;
  readonly profile: string | undefined;
  readonly packages: string | undefined;
}

/** @throws Error with a sentence when an option is not known or has no sense */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '10' },
      'no-peers': { type: 'boolean', default: false },
      programs: { type: 'boolean', default: false },
      hosts: { type: 'string', default: '100' },
      profile: { type: 'string' },
      packages: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 24 * 60))
    throw new Error(`--minutes takes a number, not "${values.minutes}"`);
  const hosts = Number(values.hosts);
  if (!(Number.isInteger(hosts) && hosts >= 1 && hosts <= MOST_HOSTS))
    throw new Error(`--hosts takes a whole number up to ${MOST_HOSTS}, not "${values.hosts}"`);
  const [what, ...rest] = positionals;
  const isKnown = (what === 'agent' || what === 'server') && rest.length === 0;
  if (!isKnown && !values.help)
    throw new Error(`what is to be measured? There are "agent" and "server".\n\n${USAGE}`);
  return {
    what: values.help || !isKnown ? 'help' : what,
    minutes,
    withPeers: !values['no-peers'] && !values.programs,
    programs: values.programs,
    hosts,
    profile: values.profile,
    packages: values.packages,
  };
}
