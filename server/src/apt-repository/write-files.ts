import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that is on the disk already, beside its place. */
export interface PreparedFile {
  readonly temporaryPath: string;
  readonly path: string;
}

/** Writes a file beside the others that will change with it. A full disk shows here, before anything changed. */
export async function prepareFile(
  path: string,
  temporaryPath: string,
  content: Buffer | string,
  modifiedAtMs: number,
): Promise<PreparedFile> {
  const file = await open(temporaryPath, 'wx');
  try {
    await file.writeFile(content);
    await file.utimes(modifiedAtMs / 1000, modifiedAtMs / 1000);
    await file.sync();
  } finally {
    await file.close();
  }
  await mkdir(dirname(path), { recursive: true });
  return { temporaryPath, path };
}

/** Puts prepared files in their places, one after the other. */
export async function moveIntoPlace(files: readonly PreparedFile[]): Promise<void> {
  for (const { temporaryPath, path } of files) {
    await rename(temporaryPath, path);
    await syncFolder(dirname(path));
  }
}

/** A renamed file is safe only when its folder is on the disk, too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
