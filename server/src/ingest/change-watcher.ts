import type { Database } from '../db/open.ts';

/** Notices what other processes (the command line) commit to the database. */
export class ChangeWatcher {
  readonly #client: Database['$client'];
  #version: unknown;

  constructor(database: Database) {
    this.#client = database.$client;
    this.#version = this.#read();
  }

  /** @returns whether another process committed something since the last call */
  changed(): boolean {
    const version = this.#read();
    if (version === this.#version) return false;
    this.#version = version;
    return true;
  }

  /** SQLite changes this number for commits of other connections only, not for this one's. */
  #read(): unknown {
    return this.#client.pragma('data_version', { simple: true });
  }
}
