import { join } from 'node:path';
import { DIST } from './paths.ts';
import { runProgram } from './program.ts';

/**
 * Lets lintian look at packages in dist/.
 * @throws ProgramError with what it found, on errors
 */
export async function lint(packages: readonly string[]): Promise<void> {
  const files = packages.map((name) => join(DIST, name));
  await runProgram('lintian', ['--fail-on', 'error', '--tag-display-limit', '0', ...files]);
}
