import { runProgram } from './program.ts';

/**
 * For Debian 12 only: its lintian wants a script for other inits beside a unit. Debian 13 has dropped the tag, and
 * takes an override of it for an error.
 */
const SUPPRESSED = 'package-supports-alternative-init-but-no-init.d-script';

/** Reports everything down to matters of taste, and fails on errors, warnings and hints. */
export const LINTIAN_OPTIONS: readonly string[] = [
  '--pedantic',
  '--display-info',
  '--fail-on',
  'error,warning,info,pedantic',
  '--tag-display-limit',
  '0',
  '--suppress-tags',
  SUPPRESSED,
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
