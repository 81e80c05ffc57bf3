import { runProgram } from './program.ts';

/**
 * The lintian of Debian 12 wants a script for other inits beside a unit. The later ones have dropped that, and an
 * override or a suppression of what they do not know is an error to them.
 */
const ONLY_IN_DEBIAN_12 = 'package-supports-alternative-init-but-no-init.d-script';

/**
 * Options with which lintian reports everything down to matters of taste, and fails on errors, warnings and hints.
 * @param version what `lintian --print-version` prints
 */
export function lintianOptions(version: string): readonly string[] {
  const suppress = version.startsWith('2.116.') ? ['--suppress-tags', ONLY_IN_DEBIAN_12] : [];
  const failOn = ['--fail-on', 'error,warning,info,pedantic'];
  return ['--pedantic', '--display-info', ...failOn, '--tag-display-limit', '0', ...suppress];
}

/**
 * Lets lintian look at built packages.
 * @param changes the `.changes` files that name them
 * @throws ProgramError with what it found
 */
export async function lint(changes: readonly string[]): Promise<void> {
  const version = await runProgram('lintian', ['--print-version']);
  const said = await runProgram('lintian', [...lintianOptions(version), ...changes]);
  if (said.trim() !== '') throw new Error(`lintian says:\n${said}`);
}
