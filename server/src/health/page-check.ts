import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import SqliteDatabase from 'better-sqlite3';

/** `quick_check` looks at every page; `integrity_check` also whether indices and rows agree, and takes longer. */
export type PageCheck = 'quick_check' | 'integrity_check';

interface Job {
  readonly pageCheckOf: string;
  readonly check: PageCheck;
}

/**
 * Has SQLite look at every page of a database that is in use, in a thread of its own: with gigabytes it takes minutes.
 * @returns "ok", or what is wrong first
 * @throws Error when the database cannot be opened or the thread ends
 */
export function checkPages(databasePath: string, check: PageCheck): Promise<string> {
  const job: Job = { pageCheckOf: databasePath, check };
  return new Promise((resolve, reject) => {
    // packed, this file is a part of the program's only one, which does nothing else in such a thread
    const worker = new Worker(new URL(import.meta.url), { workerData: job });
    worker.unref();
    worker.once('message', (verdict) => resolve(String(verdict)));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the check of the database ended with ${code}`)));
  });
}

function isJob(value: unknown): value is Job {
  return typeof value === 'object' && value !== null && 'pageCheckOf' in value;
}

function look({ pageCheckOf, check }: Job): string {
  const client = new SqliteDatabase(pageCheckOf, { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    return String(client.pragma(`${check}(1)`, { simple: true }));
  } catch (error) {
    // a page that cannot be followed at all is thrown rather than told
    if (error instanceof SqliteDatabase.SqliteError && /^SQLITE_(?:CORRUPT|NOTADB)/.test(error.code))
      return error.message;
    throw error;
  } finally {
    client.close();
  }
}

if (!isMainThread && isJob(workerData)) parentPort?.postMessage(look(workerData));
