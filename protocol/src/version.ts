/** The protocol that this build speaks. Agents and servers of N and N - 1 understand each other. */
export const PROTOCOL_VERSION = 1;

/** The oldest protocol that this build still accepts. */
export const OLDEST_PROTOCOL_VERSION = 1;

/** Where agents connect, below the server's address. */
export const CONNECT_PATH = '/agent/v1/connect';
