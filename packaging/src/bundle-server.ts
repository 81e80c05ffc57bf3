import { build } from 'esbuild';
import type { Bundle } from './bundle-agent.ts';
import { REPOSITORY } from './paths.ts';

/** Modules that stay beside the bundle, because they load a library of the architecture. */
export const NATIVE_MODULES = ['better-sqlite3', 'argon2'] as const;

/** What CommonJS modules inside the bundle expect to find. */
const BANNER = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;`;

/** Bundles the server. Not minified: the size does not matter here, and a stack trace that can be read does. */
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
    legalComments: 'none',
    external: [...NATIVE_MODULES, 'bufferutil', 'utf-8-validate'],
  });
  return { code: result.outputFiles.map((file) => file.text).join(''), metafile: result.metafile };
}
