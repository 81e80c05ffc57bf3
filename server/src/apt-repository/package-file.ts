import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { constants, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { readFields } from './control-paragraph.ts';
import { AptRepositoryError } from './errors.ts';
import { ARCHITECTURES, isArchitecture, isPackageName, PACKAGE_NAMES } from './layout.ts';
import { indexParagraph, type PublishedPackage } from './packages-index.ts';
import { runTool } from './tool.ts';

/** A file that somebody wants to publish, opened. */
export interface OfferedFile {
  /** As it was typed. */
  readonly path: string;
  readonly handle: FileHandle;
}

/** A package, and its copy on the repository's file system. */
export interface StagedPackage extends PublishedPackage {
  readonly stagedPath: string;
}

/** Upstream and revision; no epoch, which would not be part of the file's name. */
const VERSION = /^[0-9][A-Za-z0-9.+~-]{0,127}$/;

/** @throws AptRepositoryError */
export async function offerFiles(paths: readonly string[]): Promise<OfferedFile[]> {
  const offered: OfferedFile[] = [];
  try {
    for (const path of paths) offered.push({ path, handle: await openFile(path) });
    return offered;
  } catch (error) {
    await Promise.all(offered.map(({ handle }) => handle.close()));
    throw error;
  }
}

async function openFile(path: string): Promise<FileHandle> {
  const refuse = (why: string, cause?: unknown): AptRepositoryError =>
    new AptRepositoryError(`${path}: ${why}; nothing was published`, { cause });
  try {
    // a pipe would keep the caller waiting
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refuse('there is no such file', error);
    if (code === 'EACCES') throw refuse('this user may not read it; run the command as root', error);
    throw error;
  }
  throw refuse('is no file');
}

/**
 * Copies the file and looks at the copy, so that what was checked is what is published.
 * @throws AptRepositoryError when it is not one of our packages, whole
 */
export async function stagePackage(file: OfferedFile, stagedPath: string): Promise<StagedPackage> {
  const refuse = (why: string): AptRepositoryError =>
    new AptRepositoryError(`${file.path}: ${why}; nothing was published`);
  const { sizeBytes, sha256 } = await copy(file.handle, stagedPath);
  const field = await runTool('dpkg-deb', ['--field', stagedPath]);
  if (field.code !== 0) throw refuse('is no Debian package, or a damaged one');
  const control = field.stdout.toString('utf8');
  const fields = readFields(control);
  const name = fields.get('package') ?? '';
  const version = fields.get('version') ?? '';
  const architecture = fields.get('architecture') ?? '';
  if (!isPackageName(name)) {
    throw refuse(
      `is the package ${JSON.stringify(name)}, and only ${PACKAGE_NAMES.join(' and ')} belong here`,
    );
  }
  if (!isArchitecture(architecture)) {
    throw refuse(
      `is for ${JSON.stringify(architecture)}, and only ${ARCHITECTURES.join(' and ')} belong here`,
    );
  }
  if (!VERSION.test(version))
    throw refuse(`has a version that cannot be published: ${JSON.stringify(version)}`);
  // reads all of it: the end of a file that was cut off is not looked at before
  const content = await runTool('dpkg-deb', ['--fsys-tarfile', stagedPath], { discardOutput: true });
  if (content.code !== 0) throw refuse('is damaged or not whole: copy or build it again');
  const identity = { name, version, architecture, sizeBytes, sha256 };
  return { ...identity, paragraph: indexParagraph(control, identity), stagedPath };
}

async function copy(
  source: FileHandle,
  path: string,
): Promise<Pick<PublishedPackage, 'sizeBytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const target = await open(path, 'wx');
  await pipeline(
    // stays open: it belongs to whoever opened it
    source.createReadStream({ autoClose: false, start: 0 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        sizeBytes += chunk.length;
        yield chunk;
      }
    },
    target.createWriteStream({ flush: true }),
  );
  return { sizeBytes, sha256: hash.digest('hex') };
}

/** SHA-256 of a file; undefined when there is none. */
export async function sha256OfFile(path: string): Promise<string | undefined> {
  try {
    const hash = createHash('sha256');
    const file = await open(path);
    for await (const chunk of file.createReadStream()) hash.update(Buffer.from(chunk));
    return hash.digest('hex');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
