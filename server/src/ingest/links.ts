/** A refused second agent that used the token of a connected one. */
export interface DuplicateAgent {
  readonly atMs: number;
  /** Address of the refused one, and of the one that is connected. */
  readonly address: string;
  readonly connectedAddress: string;
  /** What the refused one calls itself, if it got to say so. */
  readonly hostname: string | undefined;
}

/** Which agents are connected now. Kept in memory: it is true only while the server runs. */
export interface Links {
  isConnected(hostId: number): boolean;
  /** The last refused second agent of this host, for 10 minutes after it was seen. */
  duplicateOf(hostId: number): DuplicateAgent | undefined;
  /** Ends a host's connection: its token was revoked or its host removed. */
  revoke(hostId: number): void;
}
