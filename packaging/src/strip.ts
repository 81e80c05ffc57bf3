import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Architecture } from './architectures.ts';
import { runProgram } from './program.ts';
import type { Runtime } from './runtime.ts';

/** Writes a copy of a program or library without symbols and compiler's remarks. */
export async function stripFile({ gnu }: Architecture, file: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await runProgram(`${gnu}-strip`, ['--strip-unneeded', '--remove-section=.comment', '-o', target, file]);
  await chmod(target, 0o644);
}

/** Writes a copy of Node, about 18 MB smaller. */
export async function stripRuntime({ architecture, node }: Runtime, target: string): Promise<void> {
  await stripFile(architecture, node, target);
  await chmod(target, 0o755);
}
