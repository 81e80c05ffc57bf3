import type { Architecture } from './architectures.ts';

/** The Node that is packed: newest release of the 24 line that npm has for both architectures. */
export const NODE_VERSION = '24.21.0';

/**
 * SHA-256 of `bin/node`. The tarballs themselves are pinned by package-lock.json; this holds whatever way the file
 * took into the build.
 */
export const NODE_SHA256: Readonly<Record<Architecture['debian'], string>> = {
  amd64: '7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c',
  arm64: '0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584',
};
