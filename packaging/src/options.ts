import { parseArgs } from 'node:util';
import { ARCHITECTURES, type Architecture, thisMachine } from './architectures.ts';

export interface BuildOptions {
  readonly architectures: readonly Architecture[];
  /** For trying things: light compression. */
  readonly fast: boolean;
  /** Stop before the packages: what dpkg-buildpackage needs is there. */
  readonly payloadOnly: boolean;
  /** Let lintian look at the packages. */
  readonly lint: boolean;
}

export const USAGE = `Usage: scripts/build [--fast] [--arch amd64|arm64] [--payload] [--lint]

Makes the Debian packages of agent and server in dist/, for amd64 and arm64.

  --fast         only for this machine's architecture, lightly compressed: for trying things
  --arch ARCH    only for this architecture
  --payload      only what goes into the packages, in build/payload: for dpkg-buildpackage
  --lint         let lintian check the packages; fails on errors and warnings
  --help         this text
`;

/** @throws Error that says what is wrong with the command line */
export function parseOptions(parameters: readonly string[]): BuildOptions {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      fast: { type: 'boolean', default: false },
      arch: { type: 'string' },
      payload: { type: 'boolean', default: false },
      lint: { type: 'boolean', default: false },
    },
  });
  const { fast, payload: payloadOnly, lint } = values;
  if (payloadOnly && lint) throw new Error('--payload makes no packages for --lint to check: leave one out.');
  const architectures = ARCHITECTURES.filter(({ debian }) => debian === values.arch);
  if (values.arch !== undefined && architectures.length === 0) {
    throw new Error(`--arch takes amd64 or arm64, not "${values.arch}".`);
  }
  const all = fast ? [thisMachine()] : ARCHITECTURES;
  return { architectures: values.arch === undefined ? all : architectures, fast, payloadOnly, lint };
}
