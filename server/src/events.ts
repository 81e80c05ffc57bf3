import { EventEmitter } from 'node:events';

interface ServerEventMap {
  /** Samples of these hosts were stored. */
  committed: [hostIds: readonly number[]];
  /** An agent connected, went away, or was refused as a second one. */
  linkChanged: [hostId: number];
  /** A host was registered or removed, or got a new token; perhaps by the command line. */
  hostsChanged: [];
}

/** What happens inside the server: ingest tells, the dashboard's live updates listen. */
export class ServerEvents extends EventEmitter<ServerEventMap> {}
