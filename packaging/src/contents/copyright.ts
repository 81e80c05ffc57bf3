import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../paths.ts';
import { type Component, label } from './component.ts';

/** Debian has its own names for some licences, and texts of some. */
const DEBIAN_NAMES: Readonly<Record<string, string>> = {
  MIT: 'Expat',
  'BSD-2-Clause': 'BSD-2-clause',
  'BSD-3-Clause': 'BSD-3-clause',
  blessing: 'public-domain',
  'LicenseRef-public-domain': 'public-domain',
};
const COMMON: readonly string[] = ['Apache-2.0', 'CC0-1.0'];

/**
 * A package's /usr/share/doc/…/copyright, as DEP-5 wants it: what debian/copyright says of our own files, and a
 * paragraph for every component that is bundled with them. Lintian wants debian/copyright to name only files of the
 * source package, where the bundled ones are not.
 */
export async function makeCopyright(packageName: string, components: readonly Component[]): Promise<string> {
  const own = await readFile(join(REPOSITORY, 'debian/copyright'), 'utf8');
  const [first = '', ...paragraphs] = own.trim().split('\n\n');
  const licenses = components.flatMap(({ license }) => license.split(' OR ').map(debianName));
  const explained = [...new Set(licenses)].filter((name) => name !== 'Expat');
  explained.sort((a, b) => (a < b ? -1 : 1));
  return [
    `${first}\nComment:\n${fold(COMMENT.replaceAll('PACKAGE', packageName))}`,
    ...paragraphs,
    ...components.map(paragraph),
    ...explained.map((name) => `License: ${name}\n${fold(explanation(name, packageName))}`),
    '',
  ].join('\n\n');
}

const COMMENT =
  'This package carries Node.js and other modules that Debian has not, or not in the version that is needed. Each has ' +
  'a paragraph below; the folders are those that the build takes them from. Versions and digests are in ' +
  '/usr/share/doc/PACKAGE/sbom.cdx.json, the texts of the licences in ' +
  '/usr/share/doc/PACKAGE/third-party-licenses.gz.';

function paragraph(component: Component): string {
  const { copyright, license, within } = component;
  const holders = copyright.join('\n ');
  const inside = within === undefined ? '' : `, inside ${within}`;
  return [
    `Files: ${path(component)}`,
    `Copyright: ${holders}`,
    `License: ${license.split(' OR ').map(debianName).join(' or ')}`,
    `Comment: ${label(component)}${inside}`,
  ].join('\n');
}

/** A folder per component, because of two paragraphs about the same files only the last one would count. */
function path({ name, folder, within }: Component): string {
  if (folder !== undefined) return `${folder}/*`;
  const own = name.replaceAll(/[^\w.-]+/g, '-');
  if (name === 'Node.js') return 'node/*';
  return within === 'Node.js' ? `node/deps/${own}/*` : `node_modules/${within}/${own}/*`;
}

function explanation(name: string, packageName: string): string {
  if (name === 'public-domain') return 'Dedicated to the public domain by its authors.';
  const text = `The text is in /usr/share/doc/${packageName}/third-party-licenses.gz.`;
  return COMMON.includes(name) ? `${text} On Debian it is in /usr/share/common-licenses/${name} too.` : text;
}

function debianName(license: string): string {
  return DEBIAN_NAMES[license] ?? license;
}

/** Lines of at most 79 characters that begin with a blank, as fields of several lines are written. */
function fold(text: string): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length < 78) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(` ${word}`);
  }
  return lines.join('\n');
}
