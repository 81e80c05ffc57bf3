import type { Container } from '../../bed/container.ts';
import { journals } from '../../journals.ts';
import { type Report, StepFailedError } from '../../report.ts';
import type { Scene } from '../../stage.ts';
import { byHand } from './answers-by-hand.ts';
import { agentDialog } from './answers-dialog-agent.ts';
import { serverDialog } from './answers-dialog-server.ts';
import { withoutAnswers } from './answers-none.ts';
import { preseededAnswers, preseededLate } from './answers-preseeded.ts';
import { readline } from './answers-readline.ts';
import { secrets } from './answers-secrets.ts';
import { surroundings } from './answers-surroundings.ts';
import { LIFE_PATHS } from './life-paths.ts';
import { type PackagePath, RELEASES, type Release } from './path.ts';
import { type Outcome, table } from './table.ts';

/** In the order in which they are played. */
const PATHS: readonly PackagePath[] = [
  withoutAnswers,
  agentDialog,
  serverDialog,
  readline,
  preseededAnswers,
  preseededLate,
  byHand,
  secrets,
  surroundings,
  ...LIFE_PATHS,
];

/** Plays every path, or those whose name matches `scene.paths`, on both releases side by side. */
export async function packages(scene: Scene): Promise<void> {
  const pattern = new RegExp(scene.paths ?? '');
  const chosen = PATHS.filter(({ name }) => pattern.test(name));
  const names = PATHS.map(({ name }) => name).join(', ');
  if (chosen.length === 0) throw new Error(`no path matches ${scene.paths}; there are: ${names}`);
  const outcomes = (await Promise.all(RELEASES.map((release) => playAll(scene, release, chosen)))).flat();
  const rows = table(
    chosen.map(({ name }) => name),
    RELEASES.map(({ name }) => name),
    outcomes,
  );
  scene.report.appendix(rows);
}

async function playAll(scene: Scene, release: Release, paths: readonly PackagePath[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const path of paths) {
    if (scene.report.isInterrupted) break;
    outcomes.push(await playOne(scene, release, path));
  }
  return outcomes;
}

async function playOne(scene: Scene, release: Release, path: PackagePath): Promise<Outcome> {
  const { bed } = scene;
  const begin = performance.now();
  const report = scene.report.part(release.name);
  const containers: Container[] = [];
  report.diagnoseWith(() => journals(containers));
  report.heading(path.name);
  const boot = async (name?: string): Promise<Container> => {
    const parts = [path.name, ...(name === undefined ? [] : [name]), release.image.suite];
    const container = await bed.boot({ name: parts.join('-'), image: release.image });
    containers.push(container);
    return container;
  };
  try {
    await path.play({ ...scene, report, release: release.name, suite: release.image.suite, boot });
  } catch (error) {
    if (!(report.isInterrupted || error instanceof StepFailedError)) await report.broken(path.name, error);
  } finally {
    if (!(scene.keep || report.isInterrupted)) await removeAll(scene, report, containers);
  }
  const seconds = (performance.now() - begin) / 1000;
  return { path: path.name, release: release.name, ok: report.failed === 0, seconds };
}

async function removeAll({ bed }: Scene, report: Report, containers: readonly Container[]): Promise<void> {
  try {
    for (const container of containers) await bed.remove(container);
  } catch (error) {
    await report.broken('taking the containers down', error);
  }
}
