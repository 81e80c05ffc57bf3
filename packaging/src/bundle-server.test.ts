import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { bundleServer, NATIVE_MODULES, OPTIONAL_MODULES } from './bundle-server.ts';
import { bundledFolders, readNpmComponents } from './contents/npm-components.ts';
import { REPOSITORY } from './paths.ts';
import { WEB_PACKAGES } from './web-files.ts';

test('the server is one file beside its two native modules, the same each time', async () => {
  const { code, metafile } = await bundleServer();
  const outside = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  const optional: readonly string[] = OPTIONAL_MODULES;
  const packages = outside.filter((path) => !isBuiltin(path) && !optional.includes(path));
  expect([...new Set(packages)].sort()).toEqual([...NATIVE_MODULES].sort());
  expect((await bundleServer()).code === code).toBe(true);
});

test('every component of the server names its licence', async () => {
  const { metafile } = await bundleServer();
  const components = await readNpmComponents(bundledFolders(metafile));
  const known = /^(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|Unlicense|BlueOak-1\.0\.0)$/;
  expect(components.filter(({ license }) => !known.test(license))).toEqual([]);
});

const PAGES = ['fleet', 'host', 'hosts'];

test('the list of licences names what is inside the dashboard', async () => {
  const { metafile } = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: [
      'server/web/main.ts',
      'server/web/theme.ts',
      ...PAGES.map((page) => `server/web/pages/${page}.tsx`),
      'uplot',
    ],
    format: 'esm',
    define: { PAGE_FILES: '{}', PLOT_FILE: '"uplot.js"' },
    outdir: 'out',
    bundle: true,
    write: false,
    metafile: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'text', '.woff2': 'empty' },
  });
  expect(bundledFolders(metafile)).toEqual(WEB_PACKAGES.map((name) => `node_modules/${name}`));
});
