import { runProgram } from './program.ts';

/** Reports everything down to matters of taste, and fails on errors, warnings and hints. */
export const LINTIAN_OPTIONS: readonly string[] = [
  '--pedantic',
  '--display-info',
  '--fail-on',
  'error,warning,info,pedantic',
  '--tag-display-limit',
  '0',
];

/**
 * Lets lintian look at built packages.
 * @param changes the `.changes` files that name them
 * @throws ProgramError with what it found
 */
export async function lint(changes: readonly string[]): Promise<void> {
  const said = await runProgram('lintian', [...LINTIAN_OPTIONS, ...changes]);
  if (said.trim() !== '') throw new Error(`lintian says:\n${said}`);
}
