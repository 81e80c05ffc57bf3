import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DIST, REPOSITORY } from '../paths.ts';
import { runProgram } from '../program.ts';
import { step } from '../step.ts';
import { debianVersion } from '../version.ts';
import { beginSection, dateSection, readSection } from './changelog.ts';
import { addEntry, debianEntry } from './debian-changelog.ts';

const USAGE = `Usage: scripts/release [--dry-run] VERSION
       scripts/release --next VERSION

Makes a release of what is committed: dates its section of CHANGELOG.md, writes debian/changelog from it, sets the
version, commits "release: VERSION", and builds all four packages from that commit into dist/, checked by lintian.
Nothing is pushed or published, and nothing is changed before all tests have passed.

  --dry-run       only check, and show what would be written
  --next VERSION  begin the next version, such as 0.3.0: everything is called 0.3.0-dev from then on
  --help          this text
`;

const FILES = ['CHANGELOG.md', 'debian/changelog', 'package.json', 'package-lock.json'] as const;
type Files = Record<(typeof FILES)[number], string>;

async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      next: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [version] = positionals;
  if (values.help) process.stdout.write(USAGE);
  else if (values.next !== undefined) await begin(values.next);
  else if (version !== undefined) await release(version, values['dry-run']);
  else throw new Error(`Which version?\n\n${USAGE}`);
}

async function release(version: string, isDryRun: boolean): Promise<void> {
  requireVersion(version);
  const before = await readFiles();
  const current = currentVersion(before);
  if (current.replace(/-.*/, '') !== version) {
    throw new Error(
      `The tree is called ${current}, which is not on the way to ${version}. To change that: scripts/release --next ${version}`,
    );
  }
  const { points, date } = readSection(before['CHANGELOG.md'], version);
  if (date !== 'unreleased')
    throw new Error(`CHANGELOG.md says that ${version} was released on ${date}: it cannot be made again.`);
  if (points.length === 0)
    throw new Error(`The section of ${version} in CHANGELOG.md is empty: write down what users get.`);
  const now = new Date();
  const entry = debianEntry(version, points, await maintainer(), now);
  const after: Files = {
    ...withVersion(before, current, version),
    'CHANGELOG.md': dateSection(before['CHANGELOG.md'], version, now.toISOString().slice(0, 10)),
    'debian/changelog': addEntry(before['debian/changelog'], entry, debianVersion(current)),
  };
  if (isDryRun) {
    await requireCleanTree();
    process.stdout.write(`${current} would become ${version}, and debian/changelog begin with\n\n${entry}`);
    return;
  }
  await requireCleanTree();
  await step('scripts/test', () => runProgram(join(REPOSITORY, 'scripts/test'), []));
  await commit(after, `release: ${version}`, `From CHANGELOG.md by scripts/release.`);
  await step('scripts/build --lint (minutes)', () =>
    runProgram(join(REPOSITORY, 'scripts/build'), ['--lint']),
  );
  const sums = await readFile(join(DIST, 'SHA256SUMS'), 'utf8');
  process.stdout.write(`\n${sums}\nThe packages are in dist/. What comes next is in docs/releasing.md.\n`);
}

async function begin(version: string): Promise<void> {
  requireVersion(version);
  await requireCleanTree();
  const before = await readFiles();
  const current = currentVersion(before);
  const next = `${version}-dev`;
  if (before['CHANGELOG.md'].includes(`## ${version} - `))
    throw new Error(`CHANGELOG.md has a section for ${version} already.`);
  const points = [`After ${current}.`];
  const entry = debianEntry(debianVersion(next), points, await maintainer(), new Date());
  const after: Files = {
    ...withVersion(before, current, next),
    'CHANGELOG.md': beginSection(before['CHANGELOG.md'], version),
    'debian/changelog': addEntry(before['debian/changelog'], entry),
  };
  const why = 'A package from this tree must not carry the name of one that was released.';
  await commit(after, `packaging: the version after ${current} is ${next}`, why);
}

function requireVersion(version: string): void {
  if (/^\d+\.\d+\.\d+$/.test(version)) return;
  throw new Error(`A version is three numbers such as 0.2.0, not "${version}".`);
}

async function requireCleanTree(): Promise<void> {
  const changes = await runProgram('git', ['status', '--porcelain'], { cwd: REPOSITORY });
  if (changes === '') return;
  throw new Error(`These are not committed: commit them or put them away, then try again.\n${changes}`);
}

async function maintainer(): Promise<string> {
  const control = await readFile(join(REPOSITORY, 'debian/control'), 'utf8');
  const found = /^Maintainer: (.+)$/m.exec(control)?.[1];
  if (found === undefined) throw new Error('debian/control names no Maintainer.');
  return found;
}

async function readFiles(): Promise<Files> {
  const read = (name: string): Promise<string> => readFile(join(REPOSITORY, name), 'utf8');
  return {
    'CHANGELOG.md': await read('CHANGELOG.md'),
    'debian/changelog': await read('debian/changelog'),
    'package.json': await read('package.json'),
    'package-lock.json': await read('package-lock.json'),
  };
}

function currentVersion(files: Files): string {
  const version = /^ {2}"version": "(.+)",$/m.exec(files['package.json'])?.[1];
  if (version === undefined) throw new Error('package.json has no version.');
  return version;
}

/** The root package's own version, which package-lock.json has twice; what else has this number is left alone. */
function withVersion(files: Files, from: string, to: string): Files {
  const replaced = (text: string): string =>
    text
      .replace(`"version": "${from}"`, `"version": "${to}"`)
      .replace(
        `"name": "proxmox-monitor",\n      "version": "${from}"`,
        `"name": "proxmox-monitor",\n      "version": "${to}"`,
      );
  return {
    ...files,
    'package.json': replaced(files['package.json']),
    'package-lock.json': replaced(files['package-lock.json']),
  };
}

async function commit(files: Files, subject: string, body: string): Promise<void> {
  for (const name of FILES) await writeFile(join(REPOSITORY, name), files[name]);
  await runProgram('git', ['commit', '--quiet', '-m', subject, '-m', body, '--', ...FILES], {
    cwd: REPOSITORY,
  });
  process.stdout.write(`committed "${subject}"\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
