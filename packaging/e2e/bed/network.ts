import { attempt, command } from './command.ts';

/** First three numbers of the addresses. Every bed has them for itself: nothing of it is routed by this machine. */
const SUBNET = '10.99.0';

/**
 * A network namespace with a bridge, and one namespace for each container with a leg on the bridge. This machine's
 * own network gets no address, route, interface or rule.
 */
export class Network {
  readonly hub: string;
  readonly #prefix: string;
  readonly #namespaces = new Set<string>();

  constructor(id: string) {
    this.#prefix = `pm-e2e-${id}`;
    this.hub = `${this.#prefix}-hub`;
  }

  async open(): Promise<void> {
    await this.#addNamespace(this.hub);
    await ip('-n', this.hub, 'link', 'add', 'br0', 'type', 'bridge');
    await ip('-n', this.hub, 'address', 'add', `${SUBNET}.1/24`, 'dev', 'br0');
    await ip('-n', this.hub, 'link', 'set', 'br0', 'up');
  }

  /** Address number `number` of the bed's network. */
  address(number: number): string {
    return `${SUBNET}.${number}`;
  }

  /** Makes the namespace of a container; returns its path. */
  async plug(name: string, number: number): Promise<string> {
    const namespace = this.#namespaceOf(name);
    await this.#addNamespace(namespace);
    await ip(
      '-n',
      namespace,
      'link',
      'add',
      'eth0',
      'type',
      'veth',
      'peer',
      'name',
      leg(number),
      'netns',
      this.hub,
    );
    await ip('-n', this.hub, 'link', 'set', leg(number), 'master', 'br0', 'up');
    await ip('-n', namespace, 'address', 'add', `${this.address(number)}/24`, 'dev', 'eth0');
    await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
    await ip('-n', namespace, 'route', 'add', 'default', 'via', this.address(1));
    return `/run/netns/${namespace}`;
  }

  isPlugged(name: string): boolean {
    return this.#namespaces.has(this.#namespaceOf(name));
  }

  /** Cuts a container off at once: nothing that it still sends arrives, not even the end of its connections. */
  async unplug(name: string, number: number): Promise<void> {
    await ip('-n', this.hub, 'link', 'delete', leg(number));
    await this.#removeNamespace(this.#namespaceOf(name));
  }

  /** Pulls a container's cable, or puts it back: connections live on, and hear nothing meanwhile. */
  async pull(number: number): Promise<void> {
    await ip('-n', this.hub, 'link', 'set', leg(number), 'down');
  }

  async putBack(number: number): Promise<void> {
    await ip('-n', this.hub, 'link', 'set', leg(number), 'up');
  }

  async close(): Promise<void> {
    for (const namespace of [...this.#namespaces].reverse()) await this.#removeNamespace(namespace);
  }

  #namespaceOf(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  async #removeNamespace(namespace: string): Promise<void> {
    await attempt('ip', ['netns', 'delete', namespace]);
    this.#namespaces.delete(namespace);
  }

  async #addNamespace(namespace: string): Promise<void> {
    await ip('netns', 'add', namespace);
    this.#namespaces.add(namespace);
    await ip('-n', namespace, 'link', 'set', 'lo', 'up');
  }
}

/** A container's end of the cable, at the bridge. */
function leg(number: number): string {
  return `leg${number}`;
}

async function ip(...args: string[]): Promise<void> {
  await command('ip', args, { timeoutMs: 20_000 });
}
