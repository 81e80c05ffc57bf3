import { parseArgs } from 'node:util';

export const USAGE = `usage: scripts/bench agent [--minutes N] [--no-peers] [--packages FOLDER]
       scripts/bench agent --programs [--minutes N] [--packages FOLDER]

Measures the packaged agent on a replayed host with 30 guests, 2 pools and 8 disks, against the packaged server over
TLS, beside Debian's prometheus-node-exporter, zabbix-agent2 and netdata on the same host.
  --minutes N         how long to measure after two minutes of warming up; 10 unless given
  --no-peers          only the agent
  --programs          instead: every program that agent and helper start, with its arguments, and how often
  --packages FOLDER   packages to measure; otherwise those in dist, built first if they are older than the sources`;

export interface Arguments {
  readonly what: 'agent' | 'help';
  readonly minutes: number;
  readonly withPeers: boolean;
  readonly programs: boolean;
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
      packages: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 24 * 60))
    throw new Error(`--minutes takes a number, not "${values.minutes}"`);
  const [what, ...rest] = positionals;
  const isAgent = what === 'agent' && rest.length === 0;
  if (!isAgent && !values.help) throw new Error(`what is to be measured? There is only "agent".\n\n${USAGE}`);
  return {
    what: values.help ? 'help' : 'agent',
    minutes,
    withPeers: !values['no-peers'] && !values.programs,
    programs: values.programs,
    packages: values.packages,
  };
}
