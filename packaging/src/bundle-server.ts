import { build } from 'esbuild';
import type { Bundle } from './bundle-agent.ts';
import { REPOSITORY } from './paths.ts';

/** Modules that stay beside the bundle, because they load a library of the architecture. */
export const NATIVE_MODULES = ['better-sqlite3', 'argon2'] as const;

/** Accelerators and colours that modules try to load and do without. */
export const OPTIONAL_MODULES = ['bufferutil', 'utf-8-validate', 'supports-color'] as const;

/** What CommonJS modules inside the bundle expect to find. */
const BANNER = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;`;

/**
 * Bundles the server. Whitespace goes, because V8 keeps the source in memory (some 6 MB less); names stay, so that a
 * stack trace can be read.
 */
export async function bundleServer(): Promise<Bundle> {
  const result = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: ['server/src/main.ts'],
    outfile: 'server.mjs',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: BANNER },
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    legalComments: 'none',
    external: [...NATIVE_MODULES, ...OPTIONAL_MODULES],
  });
  return { code: result.outputFiles.map((file) => file.text).join(''), metafile: result.metafile };
}
