import { readFile } from 'node:fs/promises';
import type { Runtime } from '../runtime.ts';
import { NODE_SHA256, NODE_VERSION } from '../runtime-pins.ts';
import { type Component, copyrightLines } from './component.ts';
import { NO_PART, NODE_PARTS, NOT_INSIDE, type NodePart } from './node-parts.ts';

/** Name of the component that the others are in. */
const NODE = 'Node.js';

/**
 * Node and what is inside it.
 * @param versions what `process.versions` is in it
 * @throws Error when it contains something that node-parts.ts does not know
 */
export async function nodeComponents(
  { architecture, licenseFile }: Runtime,
  versions: Readonly<Record<string, string>>,
): Promise<Component[]> {
  const licenses = await readFile(licenseFile, 'utf8');
  const chapters = readChapters(licenses);
  refuseUnknown(versions, [...chapters.keys()]);
  const node: Component = {
    name: NODE,
    version: NODE_VERSION,
    license: 'MIT',
    copyright: ['Node.js contributors', 'Joyent, Inc. and other Node contributors'],
    licenseFiles: [licenseFile],
    purl: `pkg:github/nodejs/node@v${NODE_VERSION}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${NODE_VERSION}:*:*:*:*:*:*:*`,
    hashes: { 'SHA-256': NODE_SHA256[architecture.debian] },
  };
  const parts = Object.entries(NODE_PARTS).map(([name, part]) => component(name, part, versions, chapters));
  return [node, ...parts];
}

function component(
  name: string,
  { license, chapter, versionOf, purl, cpe, isData }: NodePart,
  versions: Readonly<Record<string, string>>,
  chapters: ReadonlyMap<string, string>,
): Component {
  const version = versionOf === undefined ? undefined : versions[versionOf];
  const found = copyrightLines(chapters.get(chapter ?? '') ?? '');
  return {
    name,
    license,
    ...(version === undefined ? {} : { version }),
    copyright: found.length > 0 ? found : [`the authors of ${name.replace(' of Node.js', '')}`],
    licenseFiles: [],
    ...(purl === undefined ? {} : { purl: version === undefined ? purl : `${purl}@${version}` }),
    ...(cpe === undefined || version === undefined
      ? {}
      : { cpe: `cpe:2.3:a:${cpe}:${version}:*:*:*:*:*:*:*` }),
    ...(isData === true ? { isData } : {}),
    within: NODE,
  };
}

/** The chapters of Node's LICENSE on what it contains: title to text. */
export function readChapters(licenses: string): Map<string, string> {
  const parts = licenses.split(/^- (.+), located at .+, is licensed as follows:$/m).slice(1);
  const titles = parts.filter((_, index) => index % 2 === 0);
  return new Map(titles.map((title, index) => [title, parts[index * 2 + 1] ?? '']));
}

function refuseUnknown(versions: Readonly<Record<string, string>>, chapters: readonly string[]): void {
  const parts = Object.values(NODE_PARTS);
  const keys = Object.keys(versions).filter((key) => versions[key] !== '' && !NO_PART.includes(key));
  const unknown = [
    ...keys.filter((key) => !parts.some(({ versionOf }) => versionOf === key)),
    ...chapters.filter(
      (title) => !NOT_INSIDE.includes(title) && !parts.some(({ chapter }) => chapter === title),
    ),
  ];
  const gone = parts.flatMap(({ versionOf, chapter }) => [
    ...(versionOf === undefined || (versions[versionOf] ?? '') !== '' ? [] : [versionOf]),
    ...(chapter === undefined || chapters.includes(chapter) ? [] : [chapter]),
  ]);
  if (unknown.length === 0 && gone.length === 0) return;
  throw new Error(
    `What Node ${NODE_VERSION} contains has changed: new are ${unknown.join(', ') || 'none'}, ` +
      `gone are ${gone.join(', ') || 'none'}. Tell packaging/src/contents/node-parts.ts, with the licences.`,
  );
}
