import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD } from './paths.ts';
import { runProgram } from './program.ts';

/** npm packages inside the dashboard's script, for the list of licences. */
export const WEB_PACKAGES = ['@preact/signals', '@preact/signals-core', 'preact', 'uplot'] as const;

/**
 * Builds the dashboard's files.
 * @returns their folder
 */
export async function makeWebFiles(): Promise<string> {
  const folder = join(BUILD, 'web');
  await rm(folder, { recursive: true, force: true });
  await runProgram(process.execPath, ['server/web/build.ts', folder]);
  return folder;
}
