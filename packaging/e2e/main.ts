import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArguments, USAGE } from './arguments.ts';
import { Bed, sweep } from './bed/bed.ts';
import { journals } from './journals.ts';
import { providePackages } from './packages.ts';
import { Report, StepFailedError } from './report.ts';
import { SCENARIOS, type Scenario } from './scenarios/index.ts';
import { install } from './scenarios/install.ts';
import { PUBLIC_HOST, type Scene, type Stage } from './stage.ts';

const ROOT = join(import.meta.dirname, '../..');
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? '/var/cache', 'proxmox-monitor-e2e');

const say = (line: string): void => console.log(line);

async function main(argv: readonly string[]): Promise<number> {
  const names = SCENARIOS.map((scenario) => scenario.name);
  const options = parseArguments(argv, names);
  if (options.help) {
    say(USAGE.replace('SCENARIOS', names.join(', ')));
    return 0;
  }
  if (process.getuid?.() !== 0) throw new Error('containers need root: run scripts/e2e as root');
  if (options.clean) {
    await sweep(CACHE, { kept: true });
    return 0;
  }
  const chosen = SCENARIOS.filter(({ name, onlyByName }) =>
    options.only.length === 0 ? onlyByName !== true : options.only.includes(name),
  );
  const begin = performance.now();
  const packages = await providePackages(ROOT, options.packages);
  const output = join(ROOT, 'dist/e2e');
  await mkdir(output, { recursive: true });
  const report = new Report(say);
  const bed = await Bed.open({ cache: CACHE, names: { [PUBLIC_HOST]: 'server' }, say });
  say(`proxmox-monitor ${packages.version} for ${packages.architecture}, test bed ${bed.id}`);
  report.diagnoseWith(() => journals(bed.containers));
  closeOnSignals(bed, report);
  try {
    const { paths, keep, packages: packagesFolder } = options;
    await play(chosen, { bed, report, packages, packagesFolder, output, paths, keep });
  } finally {
    if (options.keep && !report.isInterrupted) await keep(bed);
    else await bed.close();
  }
  if (report.isInterrupted) return 130;
  report.summary((performance.now() - begin) / 1000);
  return report.failed === 0 ? 0 : 1;
}

async function play(scenarios: readonly Scenario[], scene: Scene): Promise<void> {
  const { report } = scene;
  let stage: Stage | undefined;
  try {
    for (const scenario of scenarios) {
      try {
        if (scenario.needs === 'stage' && stage === undefined) {
          report.heading('install');
          stage = await install(scene);
        }
        report.heading(scenario.name);
        if (scenario.needs === 'bed') await scenario.play(scene);
        else if (stage !== undefined) await scenario.play(stage);
      } catch (error) {
        if (report.isInterrupted) return;
        if (!(error instanceof StepFailedError)) await report.broken(scenario.name, error);
        // Without server and host there is nothing to look at.
        if (scenario.needs === 'stage' && stage === undefined) return;
      }
    }
  } finally {
    await stage?.dashboard.close();
  }
}

async function keep(bed: Bed): Promise<void> {
  await bed.keep();
  say('\nThe containers stay. Enter one with, and take all down with scripts/e2e --clean:');
  for (const container of bed.containers) {
    say(`  nsenter --all --target ${container.leader()?.pid} --root --wd bash -l   # ${container.name}`);
  }
}

/** Ctrl-C and friends end the run as its end would. */
function closeOnSignals(bed: Bed, report: Report): void {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      say(`${name}: taking the containers down`);
      report.interrupt();
      bed.close().catch((error: unknown) => console.error(error));
    });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
