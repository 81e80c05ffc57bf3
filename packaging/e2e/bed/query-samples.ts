import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { storedSamples } from '../../../server/src/ingest/test-stored-samples.ts';

const COPY = '/tmp/proxmox-monitor-samples.db';
const EVERY_ROW = 'SELECT stream_id, sequence, host_id, at_ms FROM sample';

/**
 * Answers a query over the tables `sample` (stream_id, sequence, host_id, at_ms), `stream` and `host` of a server's
 * database as the program sqlite3 does. Samples are packed in it: they are unpacked from a copy of the database.
 * @param run runs a command on the server's machine, as root
 */
export async function querySamples(
  run: (command: string) => Promise<string>,
  database: string,
  sql: string,
): Promise<string> {
  const base64 = await run(
    `runuser -u proxmox-monitor -- sqlite3 -cmd '.timeout 10000' ${database} '.backup ${COPY}' && base64 ${COPY} && rm ${COPY}`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'proxmox-monitor-e2e-'));
  try {
    const path = join(folder, 'samples.db');
    writeFileSync(path, Buffer.from(base64, 'base64'));
    const client = new SqliteDatabase(path);
    // those of an older version that are not copied yet stand beside the packed ones
    const rows = new Map(
      [
        ...client.prepare<[], [number, number, number, number]>(EVERY_ROW).raw().all(),
        ...unpacked(client),
      ].map((row) => [`${row[0]} ${row[1]}`, row]),
    );
    client.exec(
      'CREATE TEMP TABLE sample (stream_id INTEGER, sequence INTEGER, host_id INTEGER, at_ms INTEGER)',
    );
    const insert = client.prepare('INSERT INTO temp.sample VALUES (?, ?, ?, ?)');
    for (const row of rows.values()) insert.run(...row);
    const answer = client.prepare<[], (string | number | null)[]>(sql).raw().all();
    client.close();
    return answer.map((row) => row.map((value) => value ?? '').join('|')).join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function unpacked(client: SqliteDatabase.Database): [number, number, number, number][] {
  return storedSamples(client).map(({ streamId, sequence, hostId, atMs }) => [
    streamId,
    sequence,
    hostId,
    atMs,
  ]);
}
