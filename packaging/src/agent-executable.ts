import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD, NODE_MODULES } from './paths.ts';
import { runProgram } from './program.ts';
import type { Runtime } from './runtime.ts';
import { stripRuntime } from './strip.ts';

/** Where Node looks for the program inside its own executable; fixed by Node. */
const SENTINEL = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const FOLDER = join(BUILD, 'agent');

/**
 * Turns the agent's bundle into what Node finds inside its executable. Without code cache and snapshot it is the
 * same for both architectures, and nothing is lost: neither makes the start measurably faster.
 * @param node of the very version that it is put into
 * @returns the file
 */
export async function makeBlob(code: string, node: string): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, 'agent.cjs'), code);
  const config = {
    // Relative, because the blob remembers it and must not depend on the folder of the build.
    main: 'agent.cjs',
    output: 'agent.blob',
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    // Lite mode saves a fifth of the memory and allows MemoryDenyWriteExecute= in the unit. The environment
    // (NODE_OPTIONS) has no say.
    // Time zones come from the C library: ICU's would bring 2 MB of tables into memory for the same answers.
    execArgv: ['--lite-mode', '--v8-pool-size=0', '--no-icu-timezone-data'],
    execArgvExtension: 'none',
  };
  await writeFile(join(FOLDER, 'sea.json'), `${JSON.stringify(config, undefined, 2)}\n`);
  await runProgram(node, ['--experimental-sea-config', 'sea.json'], { cwd: FOLDER });
  return join(FOLDER, 'agent.blob');
}

/** Puts a blob into a stripped copy of Node. Stripping it afterwards makes a program that crashes. */
export async function makeAgentExecutable(runtime: Runtime, blob: string, target: string): Promise<void> {
  await stripRuntime(runtime, target);
  const postject = join(NODE_MODULES, 'postject/dist/cli.js');
  const parameters = [postject, target, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', SENTINEL];
  await runProgram(process.execPath, parameters);
}
