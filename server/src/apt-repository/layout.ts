import { dirname, join } from 'node:path';

export const SUITE = 'stable' as const;
export const COMPONENT = 'main' as const;
/** Debian's names of what the packages are built for. */
export const ARCHITECTURES = ['amd64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** What may be in the repository. */
export const PACKAGE_NAMES = ['proxmox-monitor-agent', 'proxmox-monitor-server'] as const;
export type PackageName = (typeof PACKAGE_NAMES)[number];

export const KEY_FILE = 'proxmox-monitor.asc';
export const SOURCES_FILE = 'proxmox-monitor.sources';

/** Below the repository's folder, with `/` as in addresses. */
export const DISTS = `dists/${SUITE}`;

export function indexFolder(architecture: Architecture): string {
  return `${COMPONENT}/binary-${architecture}`;
}

/** Where a package's file is, however the file was called that was published. */
export function poolPath(name: PackageName, version: string, architecture: Architecture): string {
  return `pool/${COMPONENT}/p/${name}/${name}_${version}_${architecture}.deb`;
}

export interface ServerFolders {
  /** Served at /apt. */
  readonly repository: string;
  /** The private keys. */
  readonly keys: string;
}

/** The server's own repository, beside its database. */
export function serverFolders(databasePath: string): ServerFolders {
  const folder = join(dirname(databasePath), 'apt');
  return { repository: join(folder, 'public'), keys: join(folder, 'keys') };
}

export function isPackageName(text: string): text is PackageName {
  return PACKAGE_NAMES.some((name) => name === text);
}

export function isArchitecture(text: string): text is Architecture {
  return ARCHITECTURES.some((name) => name === text);
}
