import { type Architecture, isForeign } from './architectures.ts';
import { type ProgramOptions, runProgram } from './program.ts';
import { isInstalled } from './tool.ts';

/** Runs a program of any of the architectures, by emulation where it is not this machine's. */
export async function runAnywhere(
  architecture: Architecture,
  program: string,
  parameters: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  if (!isForeign(architecture)) return runProgram(program, parameters, options);
  const emulator = architecture.emulators.find(isInstalled);
  if (emulator === undefined) {
    throw new Error(`No program for ${architecture.debian} can be started here: install qemu-user-static.`);
  }
  return runProgram(emulator, ['-L', `/usr/${architecture.gnu}`, program, ...parameters], options);
}
