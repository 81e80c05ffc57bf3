import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeAgentExecutable, makeBlob } from './agent-executable.ts';
import { isForeign, thisMachine } from './architectures.ts';
import { bundleAgent } from './bundle-agent.ts';
import { bundleServer } from './bundle-server.ts';
import { bundledFolders } from './contents/npm-components.ts';
import { readContents, writeContents } from './contents/write-contents.ts';
import { type BuiltPackages, makePackages } from './debian-packages.ts';
import { linkPackages, writeSums } from './dist.ts';
import { lint } from './lint.ts';
import { readHelps, writeManual } from './manual/write-manual.ts';
import { type BuildOptions, parseOptions, USAGE } from './options.ts';
import { DIST, payloadFolder, REPOSITORY } from './paths.ts';
import { findRuntime } from './runtime.ts';
import { NODE_VERSION } from './runtime-pins.ts';
import { layOutServer } from './server-payload.ts';
import { smokeAgent, smokeServer } from './smoke.ts';
import { seconds, step } from './step.ts';
import { readRelease } from './version.ts';
import { makeWebFiles } from './web-files.ts';

const FAST = { DPKG_DEB_COMPRESSOR_TYPE: 'gzip', DPKG_DEB_COMPRESSOR_LEVEL: '1' };
/** Its bits do not depend on the number of threads: dpkg cuts what it packs into blocks of the same size. */
const THOROUGH = { DPKG_DEB_COMPRESSOR_TYPE: 'xz' };

/** Sources to packages: bundles once, then for each architecture a payload, a smoke test of it, and the packages. */
async function build(options: BuildOptions): Promise<void> {
  const { architectures, fast, payloadOnly } = options;
  const release = await readRelease();
  const { version, debianVersion } = release;
  const own = await step(`Node ${NODE_VERSION} of this machine: check`, () => findRuntime(thisMachine()));
  const agent = await step('agent: bundle', bundleAgent);
  const blob = await step('agent: single executable application', () => makeBlob(agent.code, own.node));
  const web = await step('dashboard: bundle', makeWebFiles);
  const server = await step('server: bundle', bundleServer);

  const bundled = { agent: bundledFolders(agent.metafile), server: bundledFolders(server.metafile) };
  const helps = await step('help of both programs, for their manual pages and completions', () =>
    readHelps({ agent: agent.code, server: server.code }),
  );

  const made: BuiltPackages[] = [];
  for (const architecture of architectures) {
    const { debian } = architecture;
    const how = isForeign(architecture) ? 'fetch and check' : 'check';
    const runtime = await step(`Node ${NODE_VERSION} for ${debian}: ${how}`, () => findRuntime(architecture));
    const payload = payloadFolder(architecture);
    await rm(payload, { recursive: true, force: true });
    const executable = join(payload, 'agent/proxmox-monitor-agent');
    await step(`agent for ${debian}: executable`, () => makeAgentExecutable(runtime, blob, executable));
    await step(`agent for ${debian}: start it`, () => smokeAgent(architecture, executable, version));
    const folder = join(payload, 'server/lib');
    await step(`server for ${debian}: lay out`, () => layOutServer(runtime, server.code, web, folder));
    await step(`server for ${debian}: start it`, () => smokeServer(architecture, folder, version));
    await step(`what is inside the packages for ${debian}`, async () => {
      const contents = await readContents(runtime, bundled, folder);
      await writeContents(contents, runtime, release, payload);
      await writeManual(helps, release, payload);
    });
    // debian/rules takes nothing that is only half there, or of another version
    await writeFile(join(payload, 'complete'), `${debianVersion}\n`);
    if (payloadOnly) continue;
    const compression = fast ? FAST : THOROUGH;
    const packages = await step(`packages for ${debian} (${fast ? 'gzip' : 'xz'})`, () =>
      makePackages(architecture, compression),
    );
    if (!isForeign(architecture)) await linkPackages(packages.names);
    made.push(packages);
  }
  if (payloadOnly) return;
  await writeSums();
  if (options.lint) await step('lintian', () => lint(made.map(({ changes }) => changes)));
  for (const name of made.flatMap(({ names }) => names)) {
    const { size } = await stat(join(DIST, name));
    process.stdout.write(`dist/${name}  ${(size / 1e6).toFixed(1)} MB\n`);
  }
}

const start = performance.now();
try {
  process.chdir(REPOSITORY);
  const parameters = process.argv.slice(2);
  if (parameters.includes('--help')) {
    process.stdout.write(USAGE);
  } else {
    await build(parseOptions(parameters));
    process.stdout.write(`done in ${seconds(start)}\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
