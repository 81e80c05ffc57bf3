import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeAgentExecutable, makeBlob } from './agent-executable.ts';
import { isForeign, thisMachine } from './architectures.ts';
import { bundleAgent } from './bundle-agent.ts';
import { bundleServer } from './bundle-server.ts';
import { type BuiltPackages, makePackages } from './debian-packages.ts';
import { linkPackages, writeSums } from './dist.ts';
import { lint } from './lint.ts';
import { type BuildOptions, parseOptions, USAGE } from './options.ts';
import { DIST, payloadFolder, REPOSITORY } from './paths.ts';
import { findRuntime, type Runtime } from './runtime.ts';
import { NODE_VERSION } from './runtime-pins.ts';
import { layOutServer, NATIVE_PACKAGES } from './server-payload.ts';
import { smokeAgent, smokeServer } from './smoke.ts';
import { seconds, step } from './step.ts';
import { bundledFolders, readComponent, thirdPartyLicenses } from './third-party-licenses.ts';
import { readRelease } from './version.ts';
import { makeWebFiles, WEB_PACKAGES } from './web-files.ts';

/** Sources to packages: bundles once, then for each architecture a payload, a smoke test of it, and the packages. */
async function build(options: BuildOptions): Promise<void> {
  const { architectures, fast, payloadOnly } = options;
  const { version, debianVersion } = await readRelease();
  const own = await step(`Node ${NODE_VERSION} of this machine: check`, () => findRuntime(thisMachine()));
  const agent = await step('agent: bundle', bundleAgent);
  const blob = await step('agent: single executable application', () => makeBlob(agent.code, own.node));
  const web = await step('dashboard: bundle', makeWebFiles);
  const server = await step('server: bundle', bundleServer);

  const agentFolders = bundledFolders(agent.metafile);
  const modules = [...NATIVE_PACKAGES, ...WEB_PACKAGES].map((name) => `node_modules/${name}`);
  const serverFolders = [...new Set([...bundledFolders(server.metafile), ...modules])].sort();

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
    await writeLicenses(runtime, `proxmox-monitor-agent ${version}`, agentFolders, join(payload, 'agent'));
    await writeLicenses(runtime, `proxmox-monitor-server ${version}`, serverFolders, join(payload, 'server'));
    // debian/rules takes nothing that is only half there, or of another version
    await writeFile(join(payload, 'complete'), `${debianVersion}\n`);
    if (payloadOnly) continue;
    const compression = fast ? '-Zgzip -z1' : '-Zxz';
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

async function writeLicenses(
  { licenseFile }: Runtime,
  title: string,
  folders: readonly string[],
  target: string,
): Promise<void> {
  const node = {
    name: 'Node.js',
    version: NODE_VERSION,
    license: 'MIT and others',
    licenseFiles: [licenseFile],
  };
  const components = await Promise.all(folders.map(readComponent));
  await mkdir(target, { recursive: true });
  await writeFile(
    join(target, 'third-party-licenses'),
    await thirdPartyLicenses(title, [...components, node]),
  );
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
