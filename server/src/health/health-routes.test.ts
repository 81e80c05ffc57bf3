import SqliteDatabase from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { build } from '../http/test-app.ts';
import { whyNotReady } from './readiness.ts';

describe('/healthz', () => {
  test('answers without the database', async () => {
    const { app, database } = await build();
    database.$client.exec('DROP TABLE session; DROP TABLE setting');
    const response = await app.inject('/healthz');
    expect([response.statusCode, response.json()]).toEqual([200, { status: 'ok' }]);
  });
});

describe('/readyz', () => {
  test('says that the server can take samples', async () => {
    const { app } = await build();
    const response = await app.inject('/readyz');
    expect([response.statusCode, response.json()]).toEqual([200, { status: 'ready' }]);
  });

  test('says why not, and that it can again', async () => {
    const { app, database, clock } = await build();
    const ask = async () => {
      const response = await app.inject('/readyz');
      return [response.statusCode, response.json().reason];
    };
    const schema = database.$client.pragma('user_version', { simple: true });
    database.$client.pragma('user_version = 0');
    expect(await ask()).toEqual([503, `The database has schema 0 instead of ${schema}.`]);
    database.$client.pragma(`user_version = ${schema}`);
    // kept for a moment, so that asking often costs nothing
    expect((await ask())[0]).toBe(503);
    clock.advance(1_000);
    expect(await ask()).toEqual([200, undefined]);
  });
});

test('/readyz says when what agents send does not reach the disk', async () => {
  const reason = 'the disk is full';
  const { app } = await build({ storageHealth: () => ({ state: 'failing', sinceMs: 1, reason }) });
  const response = await app.inject('/readyz');
  expect(response.statusCode).toBe(503);
  expect(response.json()).toEqual({ status: 'not ready', reason: `Samples cannot be stored: ${reason}` });
  expect((await app.inject('/healthz')).statusCode).toBe(200);
});

test('/readyz says what to type when the database is damaged, whatever else follows from that', async () => {
  const command = 'proxmox-monitor-server restore /b.zst';
  const { app, database } = await build({
    storageHealth: () => ({ state: 'damaged', sinceMs: 1, reason: 'malformed', command }),
  });
  database.$client.pragma('query_only = ON');
  const { reason } = (await app.inject('/readyz')).json();
  expect(reason).toBe(
    `The database is damaged (malformed). Nothing is written to it, and agents keep their samples. Restore a backup: ${command}`,
  );
});

describe('whyNotReady', () => {
  test('finds a database that cannot be written', async () => {
    const { database } = await build();
    const newestSchema = Number(database.$client.pragma('user_version', { simple: true }));
    database.$client.pragma('query_only = ON');
    const before = database.$client.pragma('busy_timeout', { simple: true });
    expect(whyNotReady({ database, newestSchema })).toBe('The database cannot be written.');
    expect(database.$client.pragma('busy_timeout', { simple: true })).toBe(before);
  });

  test('does not wait for a command that writes, nor call that a fault', async () => {
    const { database } = await build();
    const newestSchema = Number(database.$client.pragma('user_version', { simple: true }));
    const other = new SqliteDatabase(database.$client.name);
    other.exec('BEGIN IMMEDIATE');
    expect(whyNotReady({ database, newestSchema })).toBeUndefined();
    other.exec('ROLLBACK');
    other.close();
  });

  test('finds a database that is closed', async () => {
    const { database } = await build();
    database.$client.close();
    expect(whyNotReady({ database, newestSchema: 1 })).toBe('The database cannot be read.');
  });
});
