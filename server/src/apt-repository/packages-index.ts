import { readFields, withoutFields } from './control-paragraph.ts';
import { type Architecture, isArchitecture, isPackageName, type PackageName, poolPath } from './layout.ts';

/** A package as an index lists it. */
export interface PublishedPackage {
  readonly name: PackageName;
  readonly version: string;
  readonly architecture: Architecture;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Its paragraph in the index. */
  readonly paragraph: string;
}

/** What the index says and the package's own control file must not. */
const OF_THE_INDEX = ['filename', 'size', 'md5sum', 'sha1', 'sha256', 'sha512'];

/** The paragraph of a package in the index: its control file, and where its file is. */
export function indexParagraph(
  control: string,
  { name, version, architecture, sizeBytes, sha256 }: Omit<PublishedPackage, 'paragraph'>,
): string {
  const own = withoutFields(control.trim(), OF_THE_INDEX);
  const path = poolPath(name, version, architecture);
  return `${own}\nFilename: ${path}\nSize: ${sizeBytes}\nSHA256: ${sha256}\n`;
}

export function formatIndex(packages: readonly PublishedPackage[]): string {
  return packages.map(({ paragraph }) => `${paragraph}\n`).join('');
}

/** @throws Error when it is no index of this repository */
export function readIndex(text: string): PublishedPackage[] {
  return text
    .split(/\n\n+/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map(readParagraph);
}

function readParagraph(paragraph: string): PublishedPackage {
  const fields = readFields(paragraph);
  const name = fields.get('package') ?? '';
  const architecture = fields.get('architecture') ?? '';
  const version = fields.get('version') ?? '';
  const sha256 = fields.get('sha256') ?? '';
  const sizeBytes = Number(fields.get('size'));
  if (!isPackageName(name) || !isArchitecture(architecture)) throw new Error(`it lists "${name}"`);
  if (fields.get('filename') !== poolPath(name, version, architecture) || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new Error(`its paragraph of ${name} ${version} is not whole`);
  }
  return { name, version, architecture, sizeBytes, sha256, paragraph: `${paragraph.trimEnd()}\n` };
}
