import { parseArgs } from 'node:util';

export const USAGE = `usage: scripts/e2e [--keep] [--only NAME]... [--packages FOLDER] [--path REGEX] [NAME...]
       scripts/e2e --clean

Installs the packages in systemd containers and looks at them from outside, with a browser.
  NAME, --only NAME   only these scenarios: SCENARIOS
  --packages FOLDER   packages to test; otherwise those in dist, built first if they are older than the sources
  --path REGEX        only the paths of "packages", the faults of "faults", or the releases of "zfs-machine", whose name matches
  --keep              leaves the containers running and says how to enter them
  --clean             takes down what was kept, and ends`;

export interface Arguments {
  readonly keep: boolean;
  readonly clean: boolean;
  readonly help: boolean;
  /** Names of scenarios; empty for all. */
  readonly only: readonly string[];
  readonly packages: string | undefined;
  /** Regular expression for the names of paths; undefined for all. */
  readonly paths: string | undefined;
}

/** @throws Error with a sentence when an option or a scenario is not known */
export function parseArguments(argv: readonly string[], scenarios: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      keep: { type: 'boolean', default: false },
      clean: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      only: { type: 'string', multiple: true, default: [] },
      packages: { type: 'string' },
      path: { type: 'string' },
    },
  });
  const only = [...values.only, ...positionals];
  const unknown = only.find((name) => !scenarios.includes(name));
  if (unknown !== undefined) throw new Error(`no scenario ${unknown}; there are: ${scenarios.join(', ')}`);
  const { keep, clean, help, packages, path: paths } = values;
  return { keep, clean, help, only, packages, paths };
}
