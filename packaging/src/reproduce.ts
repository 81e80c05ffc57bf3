import { chown, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BUILD, REPOSITORY } from './paths.ts';
import { runProgram } from './program.ts';
import { step } from './step.ts';

const USAGE = `Usage: scripts/reproduce [--fast] [COMMIT]

Builds a commit (HEAD, if none is named) twice in /tmp and compares the packages to the bit: in other folders, as
another user, with another umask, time zone and language, on one processor instead of all, and on another day.

  --fast         only for this machine's architecture, lightly compressed
  --help         this text
`;

/** What a build must not depend on. */
interface Surroundings {
  readonly name: string;
  readonly folder: string;
  readonly user: number;
  readonly umask: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What the build is started with. */
  readonly prefix: readonly string[];
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Debian's "nobody", who has no name of his own on other systems. */
const NOBODY = 65_534;

const ONE: Surroundings = {
  name: 'as root, today, on all processors',
  folder: 'one',
  user: 0,
  umask: '022',
  environment: { TZ: 'UTC', LC_ALL: 'C.UTF-8' },
  prefix: [],
};

const TWO: Surroundings = {
  name: 'as nobody, in 400 days, on one processor',
  folder: 'another/and-deeper',
  user: NOBODY,
  umask: '077',
  environment: {
    TZ: 'Pacific/Kiritimati',
    LC_ALL: 'C',
    // dpkg-deb counts the machine's processors, not its own
    DPKG_DEB_THREADS_MAX: '1',
    // only the date is another: waiting takes as long as ever
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  },
  prefix: ['faketime', '-f', '+400d', 'taskset', '--cpu-list', '0'],
};

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { fast: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const wanted = positionals[0] ?? 'HEAD';
  const parse = ['-C', REPOSITORY, 'rev-parse', '--verify', `${wanted}^{commit}`];
  const commit = (await runProgram('git', parse)).trim();
  const scratch = await mkdtemp(join(tmpdir(), 'proxmox-monitor-reproduce-'));
  try {
    await runProgram('chmod', ['755', scratch]);
    const options = values.fast ? ['--fast'] : [];
    const one = await build(ONE, scratch, commit, options);
    return report(commit, one, await build(TWO, scratch, commit, options));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Builds in a clone. Returns the digests. */
async function build(
  surroundings: Surroundings,
  scratch: string,
  commit: string,
  options: readonly string[],
): Promise<string> {
  const home = join(scratch, surroundings.folder);
  const clone = join(home, 'clone');
  await mkdir(home, { recursive: true });
  await runProgram('git', ['clone', '--quiet', '--no-hardlinks', REPOSITORY, clone]);
  await runProgram('git', ['-C', clone, 'checkout', '--quiet', '--detach', commit]);
  // the Node of the other architecture is checked against its pin wherever it comes from
  await cp(join(BUILD, 'runtime'), join(clone, 'build/runtime'), { recursive: true }).catch(() => undefined);
  await runProgram('chown', ['--recursive', `${surroundings.user}:${surroundings.user}`, home]);
  await chown(home, surroundings.user, surroundings.user);

  const run = (script: string): Promise<string> => inSurroundings(surroundings, home, clone, script);
  // Certificates would have run out in 400 days: what comes over the network is fetched before.
  await step(`${surroundings.name}: npm ci`, () => run('scripts/build --help >/dev/null'));
  await step(`${surroundings.name}: scripts/build`, () =>
    run([...surroundings.prefix, 'scripts/build', ...options].join(' ')),
  );
  return await readFile(join(clone, 'dist/SHA256SUMS'), 'utf8');
}

function inSurroundings(
  { user, umask, environment }: Surroundings,
  home: string,
  cwd: string,
  script: string,
): Promise<string> {
  const variables = Object.entries({ ...environment, PATH, HOME: home }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const become = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
  const shell = ['sh', '-c', `umask ${umask} && ${script}`];
  return runProgram('env', ['-i', ...variables, ...become, ...shell], { cwd });
}

function report(commit: string, one: string, two: string): number {
  process.stdout.write(`\nCommit ${commit}\n${one}`);
  if (one === two && one !== '') {
    process.stdout.write('Both builds made the same, to the bit.\n');
    return 0;
  }
  process.stdout.write(`\nThe second build made something else:\n${two}`);
  process.stdout.write('To see where they differ: keep both and run diffoscope on two packages.\n');
  return 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
