import { build, type Metafile } from 'esbuild';
import { REPOSITORY } from './paths.ts';

/** JavaScript in one file, and what went into it. */
export interface Bundle {
  readonly code: string;
  readonly metafile: Metafile;
}

/**
 * Bundles the agent for a single executable application, which takes CommonJS only.
 * @param define further replacements of esbuild, for tests
 */
export async function bundleAgent(define: Readonly<Record<string, string>> = {}): Promise<Bundle> {
  const result = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: ['agent/src/main.ts'],
    outfile: 'agent.cjs',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minify: true,
    legalComments: 'none',
    define: { ...define },
    // optional accelerators of ws, which are not installed
    external: ['bufferutil', 'utf-8-validate'],
  });
  return { code: result.outputFiles.map((file) => file.text).join(''), metafile: result.metafile };
}
