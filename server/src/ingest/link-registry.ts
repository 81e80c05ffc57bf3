import { CLOSE_CODES, type HelloFrame } from '@proxmox-monitor/protocol';
import type { Clock } from '../clock.ts';
import type { ServerEvents } from '../events.ts';
import type { AgentConnection } from './agent-connection.ts';
import type { DuplicateAgent, Links } from './links.ts';
import type { Log } from './log.ts';
import type { IngestTiming } from './timing.ts';

export interface RegistryParts {
  readonly clock: Clock;
  readonly events: ServerEvents;
  readonly log: Log;
  readonly timing: IngestTiming;
  /** A connection is the host's one from now on. */
  onAdmitted(connection: AgentConnection, hello: HelloFrame): void;
}

interface Contest {
  readonly newcomer: AgentConnection;
  readonly timer: NodeJS.Timeout;
}

/** Which connection speaks for which host: one at a time. */
export class LinkRegistry implements Links {
  readonly #parts: RegistryParts;
  readonly #links = new Map<number, AgentConnection>();
  readonly #contests = new Map<number, Contest>();
  readonly #duplicates = new Map<number, DuplicateAgent>();

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  isConnected(hostId: number): boolean {
    return this.#links.has(hostId);
  }

  duplicateOf(hostId: number): DuplicateAgent | undefined {
    const duplicate = this.#duplicates.get(hostId);
    if (duplicate === undefined) return undefined;
    const ageMs = this.#parts.clock.now() - duplicate.atMs;
    return ageMs <= this.#parts.timing.duplicateMemoryMs ? duplicate : undefined;
  }

  revoke(hostId: number): void {
    this.#duplicates.delete(hostId);
    const reason = 'the token was revoked or the host removed';
    this.#contests.get(hostId)?.newcomer.close(CLOSE_CODES.tokenRevoked, reason);
    this.#links.get(hostId)?.close(CLOSE_CODES.tokenRevoked, reason);
  }

  /**
   * Decides about a connection that said hello. Is there another one with this token, it is asked for a sign of
   * life: if it gives one, the newcomer is a second agent and is refused; if not, it is what a host left behind
   * that was reset, and is replaced.
   */
  admit(newcomer: AgentConnection, hello: HelloFrame): void {
    const { hostId } = newcomer;
    const holder = this.#links.get(hostId);
    if (holder === undefined) {
      this.#take(newcomer, hello);
    } else if (holder.hello?.stream === hello.stream) {
      // the same run of the same agent came back before its old connection was noticed to be dead
      this.#replace(holder, newcomer, hello);
    } else if (this.#contests.has(hostId)) {
      this.#refuse(holder, newcomer, hello);
    } else {
      const timer = setTimeout(() => this.#replace(holder, newcomer, hello), this.#parts.timing.duplicateMs);
      this.#contests.set(hostId, { newcomer, timer });
      holder.ask(() => this.#refuse(holder, newcomer, hello));
    }
  }

  /** A connection is over. */
  remove(connection: AgentConnection): void {
    const { hostId } = connection;
    const contest = this.#contests.get(hostId);
    if (contest?.newcomer === connection) this.#endContest(hostId);
    if (this.#links.get(hostId) !== connection) return;
    this.#links.delete(hostId);
    const { hostName, address } = connection.identity;
    const ignored = connection.ignoredFrames > 0 ? { ignoredFrames: connection.ignoredFrames } : {};
    this.#parts.log.info({ host: hostName, address, ...ignored }, 'agent disconnected');
    const hello = contest?.newcomer.hello;
    if (contest !== undefined && hello !== undefined) this.#take(contest.newcomer, hello);
    else this.#parts.events.emit('linkChanged', hostId);
  }

  #take(connection: AgentConnection, hello: HelloFrame): void {
    const { hostId } = connection;
    this.#endContest(hostId);
    this.#links.set(hostId, connection);
    this.#parts.onAdmitted(connection, hello);
    this.#parts.events.emit('linkChanged', hostId);
  }

  #replace(holder: AgentConnection, newcomer: AgentConnection, hello: HelloFrame): void {
    this.#links.delete(newcomer.hostId);
    this.#take(newcomer, hello);
    holder.close(CLOSE_CODES.replaced, 'a newer connection with this token took its place');
  }

  #refuse(holder: AgentConnection, newcomer: AgentConnection, hello: HelloFrame): void {
    const { hostId, identity } = newcomer;
    if (this.#contests.get(hostId)?.newcomer === newcomer) this.#endContest(hostId);
    const duplicate = {
      atMs: this.#parts.clock.now(),
      address: identity.address,
      connectedAddress: holder.identity.address,
      hostname: hello.facts.hostname,
    };
    this.#duplicates.set(hostId, duplicate);
    this.#parts.log.warn(
      { host: identity.hostName, ...duplicate },
      'a second agent with this token was refused',
    );
    newcomer.close(
      CLOSE_CODES.duplicateAgent,
      `another agent (${holder.identity.address}) uses this token: give each host its own`,
    );
    this.#parts.events.emit('linkChanged', hostId);
  }

  #endContest(hostId: number): void {
    clearTimeout(this.#contests.get(hostId)?.timer);
    this.#contests.delete(hostId);
  }
}
