import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { lintianOptions } from '../../src/lint.ts';
import { command } from '../bed/command.ts';
import type { Container } from '../bed/container.ts';
import type { Suite } from '../bed/image.ts';
import { findMirror } from '../bed/mirror.ts';
import { expectText, expectThat } from '../expectations.ts';
import { pushPackage } from '../install-package.ts';
import { previousPackages } from '../previous-release.ts';
import type { Scene } from '../stage.ts';
import { RELEASES, type Release } from './packages/path.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** What Debian's own tools for packages say: lintian and the packages' own tests, on both releases. */
export async function debianTools(scene: Scene): Promise<void> {
  const { report, bed, packages } = scene;
  for (const {
    name,
    image: { suite },
  } of RELEASES) {
    const image = { suite, packages: ['lintian', 'autopkgtest', 'gpg', 'gpg-agent', 'util-linux'] };
    const container = await report.step(`a ${name} container with Debian's tools boots`, () =>
      bed.boot({ name: `tools-${suite}`, image }),
    );
    const files = [
      await pushPackage(container, packages.agent),
      await pushPackage(container, packages.server),
    ];
    await report.check(`${name}: lintian --pedantic has nothing to say`, async () => {
      const version = await container.run('lintian --print-version');
      const options = lintianOptions(version)
        .map((option) => `'${option}'`)
        .join(' ');
      const said = await container.attempt(`lintian ${options} ${files.join(' ')}`, { timeoutMs: 600_000 });
      expectThat(said.stdout.trim() === '' && said.code === 0, `${said.stdout}${said.stderr}`);
    });
    await report.check(`${name}: the packages pass their own tests`, () =>
      autopkgtest(scene, container, files),
    );
    await container.stop();
  }
}

/** In a container that is thrown away afterwards, which is all the isolation that the tests ask for. */
async function autopkgtest({ bed }: Scene, container: Container, files: readonly string[]): Promise<void> {
  const archive = join(bed.workshop.scratch, 'debian.tar');
  await command('tar', ['--create', '--file', archive, '--directory', ROOT, 'debian']);
  await container.push(archive, '/root/debian.tar');
  await container.run('mkdir tree && tar --extract --file debian.tar --directory tree');
  const run = `autopkgtest --no-built-binaries --ignore-restrictions=isolation-container ${files.join(' ')} tree/ -- null`;
  const { code, stdout, stderr } = await container.attempt(`${run} 2>&1`, { timeoutMs: 600_000 });
  expectThat(code === 0, `${stdout}${stderr}`.split('\n').slice(-40).join('\n'));
  expectText(stdout, /server-alone\s+PASS/, /agent-and-server\s+PASS/);
}

/**
 * Installs, purges, reinstalls and upgrades in chroots without systemd running, and looks for what stays behind. Takes
 * minutes and needs this machine's way to Debian's mirror, so it is played only when it is named.
 */
export async function piuparts(scene: Scene): Promise<void> {
  const { report, packages, bed } = scene;
  const older = await report.step('the packages of the previous release', () =>
    previousPackages(ROOT, packages, bed.workshop),
  );
  await need('piuparts', 'apt-utils');
  for (const release of RELEASES) {
    for (const part of ['agent', 'server'] as const) {
      await report.check(`${release.name}: piuparts is content with the ${part}`, () =>
        runPiuparts(scene, release, packages[part], older[part]),
      );
    }
  }
}

/** Debian packages that only this scenario uses on this machine. */
async function need(...names: readonly string[]): Promise<void> {
  await command('apt-get', ['install', '-qq', '--no-install-recommends', '--yes', ...names], {
    environment: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/** An artefact of debconf. */
const IGNORED = ['^/var/cache/debconf/tmp.ci'];

async function runPiuparts(scene: Scene, release: Release, deb: string, olderDeb: string): Promise<void> {
  const { bed, output } = scene;
  const { suite } = release.image;
  const { debian } = await findMirror();
  const base = await provideBase(suite, debian, bed.workshop.cache);
  const repository = join(bed.workshop.scratch, `piuparts-${suite}-${basename(deb)}`);
  await mkdir(repository, { recursive: true });
  await command('cp', [olderDeb, repository]);
  await writeFile(
    join(repository, 'Packages'),
    await command('apt-ftparchive', ['packages', '.'], { cwd: repository }),
  );
  const log = join(output, `piuparts-${suite}-${basename(deb)}.log`);
  await rm(log, { force: true });
  const parameters = [
    ...['--existing-chroot', base, '--distribution', suite, '--mirror', `${debian} main`],
    ...['--bindmount', repository, '--extra-repo', `deb [trusted=yes] file://${repository} ./`],
    ...['--install-purge-install', '--install-remove-install', '--log-file', log],
    ...IGNORED.flatMap((path) => ['--ignore-regex', path]),
    deb,
  ];
  const said = await command('piuparts', parameters, { cwd: dirname(deb), timeoutMs: 1_200_000 });
  expectText(said, /PASS: All tests/);
}

/** A system as Debian installs it: the containers' images are without the documentation that debsums would miss. */
async function provideBase(suite: Suite, debian: string, cache: string): Promise<string> {
  const base = join(cache, `piuparts-${suite}`);
  // with systemd, because its own leftovers would be taken for ours
  const include = '--include=systemd,apt-utils,debsums,ca-certificates';
  if (!existsSync(base)) {
    await command(
      'mmdebstrap',
      [
        '--variant=minbase',
        '--format=directory',
        include,
        suite,
        `${base}.new`,
        `deb ${debian} ${suite} main`,
      ],
      {
        timeoutMs: 1_200_000,
      },
    );
    await rename(`${base}.new`, base);
  }
  return base;
}
