import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'esbuild';
import { iconSvg } from './state/tab.ts';

/** Browsers of mid 2024 and later: `light-dark()` is the newest thing that is used. */
const TARGET = ['chrome123', 'firefox120', 'safari17.5'];

const PAGES = ['fleet', 'host', 'hosts'] as const;
type Page = (typeof PAGES)[number];

export interface WebBuild {
  /** JavaScript and CSS that each page loads before it is painted, compressed with gzip. */
  readonly gzipBytes: Readonly<Record<Page, number>>;
  /** The library that draws a host's charts, loaded once its page is painted. */
  readonly plotGzipBytes: number;
  /** What manifest.json says: names -> files below the folder. */
  readonly manifest: Readonly<Record<string, string>>;
}

/**
 * Builds the dashboard into a folder: `assets/` with hashed names that may be cached for ever, each with its
 * `.gz` and `.br` beside it; `manifest.json` that maps main.js, app.css, theme.js, and the bundles that
 * main.js loads (fleet.js, host.js, hosts.js) with what draws charts (uplot.js), to them; `favicon.svg`. The same sources give the same bytes.
 */
export async function buildWeb(outFolder: string): Promise<WebBuild> {
  const assets = join(outFolder, 'assets');
  await rm(assets, { recursive: true, force: true });
  await mkdir(assets, { recursive: true });
  const modules = { outdir: assets, format: 'esm' } as const;
  const plot = await bundle({ ...modules, entryPoints: [{ in: 'uplot', out: 'uplot' }] });
  const pages = await bundle({
    ...modules,
    entryPoints: PAGES.map((page) => ({ in: `pages/${page}.tsx`, out: page })),
    define: { PLOT_FILE: JSON.stringify(`./${plot['uplot.js']}`) },
  });
  const pageFiles = Object.fromEntries(PAGES.map((page) => [page, `./${pages[`${page}.js`] ?? ''}`]));
  const named: Readonly<Record<string, string>> = {
    ...(await bundle({
      ...modules,
      entryPoints: [{ in: 'main.ts', out: 'main' }],
      define: { PAGE_FILES: JSON.stringify(pageFiles) },
    })),
    ...(await bundle({ ...modules, entryPoints: [{ in: 'styles/app.css', out: 'app' }] })),
    // a classic script: it runs before the page is painted
    ...(await bundle({ ...modules, entryPoints: [{ in: 'theme.ts', out: 'theme' }], format: 'iife' })),
    ...pages,
    ...plot,
  };
  const manifest = Object.fromEntries(Object.entries(named).map(([name, file]) => [name, `assets/${file}`]));
  await writeFile(join(outFolder, 'favicon.svg'), iconSvg(0, 'ok'));
  await writeFile(join(outFolder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const sizes = new Map<string, number>();
  for (const [name, file] of Object.entries(named)) sizes.set(name, await compress(join(assets, file)));
  const loadedBy = (page: Page): number =>
    ['app.css', 'theme.js', 'main.js', `${page}.js`].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  return {
    gzipBytes: { fleet: loadedBy('fleet'), host: loadedBy('host'), hosts: loadedBy('hosts') },
    plotGzipBytes: sizes.get('uplot.js') ?? 0,
    manifest,
  };
}

interface BundleOptions {
  readonly entryPoints: { in: string; out: string }[];
  readonly outdir: string;
  readonly format: 'esm' | 'iife';
  readonly define?: Record<string, string>;
}

/** @returns files that were made, by the names of their entry points: main.js -> main-4FZ9QK2L.js */
async function bundle(options: BundleOptions): Promise<Record<string, string>> {
  const { metafile } = await build({
    entryNames: '[name]-[hash]',
    absWorkingDir: import.meta.dirname,
    bundle: true,
    minify: true,
    metafile: true,
    charset: 'utf8',
    target: TARGET,
    legalComments: 'none',
    logLevel: 'warning',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    ...options,
  });
  const files = Object.keys(metafile.outputs).map((path) => basename(path));
  return Object.fromEntries(files.map((file) => [file.replace(/-[A-Z0-9]{8}(?=\.)/, ''), file]));
}

/** Writes `.gz` and `.br` beside a file. @returns bytes of the `.gz` */
async function compress(path: string): Promise<number> {
  const content = await readFile(path);
  const gzipped = await promisify(gzip)(content, { level: 9 });
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  await writeFile(`${path}.gz`, gzipped);
  await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params }));
  return gzipped.length;
}

if (import.meta.main) {
  const [outFolder] = process.argv.slice(2);
  if (outFolder === undefined) {
    console.error('usage: node server/web/build.ts OUT-FOLDER');
    process.exitCode = 2;
  } else {
    const { gzipBytes, plotGzipBytes } = await buildWeb(outFolder);
    const sizes = Object.entries({ ...gzipBytes, 'charts of a host': plotGzipBytes }).map(
      ([page, bytes]) => `${page} ${(bytes / 1_000).toFixed(1)} kB`,
    );
    console.log(`dashboard built into ${outFolder}; JS and CSS, gzip: ${sizes.join(', ')}`);
  }
}
