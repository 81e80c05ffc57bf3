import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt } from './command.ts';
import { Container, powerOff } from './container.ts';
import { Emulation } from './emulation.ts';
import { type Image, provideImage, type Workshop } from './image.ts';
import { Network } from './network.ts';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

export interface BedOptions {
  /** Folder for images and for what runs write. Must be on a file system that an overlay can stand on. */
  readonly cache: string;
  /** Names that the containers know beside each other's: name -> container. */
  readonly names: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

export interface ContainerRequest {
  readonly name: string;
  readonly image: Image;
  /** In a user namespace as Proxmox makes it for an unprivileged container; without a network. */
  readonly userNamespace?: boolean;
  /** Further options of systemd-nspawn. */
  readonly nspawnOptions?: readonly string[];
}

/** Root in the container is this user outside, and 65536 users follow, as in Proxmox's default of 100000. */
const USER_BASE = 131_072;
/** The first address after the bridge's own. */
const FIRST_NUMBER = 2;
const CGROUP_TREES = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd'];

/** Containers on a network of their own. Two beds on one machine do not know of each other. */
export class Bed {
  readonly id = randomBytes(3).toString('hex');
  readonly folder: string;
  readonly network: Network;
  readonly #options: BedOptions;
  readonly #containers: Container[] = [];
  readonly #closers: (() => Promise<void>)[] = [];
  /** Container's name -> last number of its address. */
  readonly #numbers = new Map<string, number>();
  #emulation: Promise<Emulation> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: BedOptions) {
    this.#options = options;
    this.folder = join(options.cache, 'runs', this.id);
    this.network = new Network(this.id);
  }

  static async open(options: BedOptions): Promise<Bed> {
    await sweep(options.cache);
    const bed = new Bed(options);
    await mkdir(bed.folder, { recursive: true, mode: 0o700 });
    await writeFile(join(bed.folder, 'owner.json'), JSON.stringify(identify(process.pid)));
    await bed.network.open();
    return bed;
  }

  get containers(): readonly Container[] {
    return this.#containers;
  }

  /** Where this run makes what later runs take from the cache. */
  get workshop(): Workshop {
    const { cache, say } = this.#options;
    return { cache, scratch: this.folder, say };
  }

  /** Boots a container. Its address is the lowest that is free, beginning with the network's second. */
  async boot(request: ContainerRequest): Promise<Container> {
    const emulation = request.image.architecture === undefined ? undefined : await this.#emulate();
    const image = await provideImage(request.image, this.workshop, emulation);
    if (this.#closing !== undefined) throw new Error('the test bed is being taken down');
    const number = this.#takeNumber(request.name);
    const container = new Container({
      name: request.name,
      image,
      folder: join(this.folder, request.name),
      cgroup: `pm-e2e-${this.id}-${request.name}`,
      address: this.network.address(number),
      nspawnOptions: [...(await this.#isolation(request, number)), ...(request.nspawnOptions ?? [])],
      hosts: this.#hosts(request.name, number),
      emulation,
    });
    this.#containers.push(container);
    await container.start();
    return container;
  }

  /** Takes a container down before the bed's end, with all that it wrote. */
  async remove(container: Container): Promise<void> {
    await container.stop();
    const number = this.#numberOf(container);
    if (this.network.isPlugged(container.name)) await this.network.unplug(container.name, number);
    this.#containers.splice(this.#containers.indexOf(container), 1);
    this.#numbers.delete(container.name);
    await rm(join(this.folder, container.name), { recursive: true, force: true });
  }

  /** Cuts the power of a container, and switches it on again: nobody hears of the end of its connections. */
  async cutPower(container: Container): Promise<void> {
    const number = this.#numberOf(container);
    await this.network.unplug(container.name, number);
    await container.crash();
    // The new namespace knows nothing of the old one's connections.
    await this.network.plug(container.name, number);
    await container.start();
  }

  /** While `meanwhile` runs nothing gets to a container or from it, and nobody is told. */
  async withoutNetwork(container: Container, meanwhile: () => Promise<void>): Promise<void> {
    const number = this.#numberOf(container);
    await this.network.pull(number);
    try {
      await meanwhile();
    } finally {
      await this.network.putBack(number);
    }
  }

  /** Something beside the containers, with a folder below `folder`, that ends with the bed. */
  alsoClose(close: () => Promise<void>): void {
    if (this.#closing !== undefined) throw new Error('the test bed is being taken down');
    this.#closers.push(close);
  }

  /** Lets the containers live on after this program's end. */
  async keep(): Promise<void> {
    await writeFile(join(this.folder, 'kept'), '');
  }

  /** Takes everything down. May be called more than once. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()));
    await Promise.all(this.#containers.map((container) => container.stop()));
    (await this.#emulation?.catch(() => undefined))?.close();
    await this.network.close();
    await clear(this.folder, this.id);
  }

  #emulate(): Promise<Emulation> {
    this.#emulation ??= Emulation.open(join(this.folder, 'emulation'), this.workshop);
    return this.#emulation;
  }

  #takeNumber(name: string): number {
    if (this.#numbers.has(name)) throw new Error(`there is a container ${name} already`);
    const used = new Set(this.#numbers.values());
    let number = FIRST_NUMBER;
    while (used.has(number)) number += 1;
    this.#numbers.set(name, number);
    return number;
  }

  #numberOf(container: Container): number {
    const number = this.#numbers.get(container.name);
    if (number === undefined) throw new Error(`${container.name} is no container of this test bed`);
    return number;
  }

  async #isolation(request: ContainerRequest, number: number): Promise<string[]> {
    // nspawn cannot join a network namespace that belongs to another user namespace.
    if (request.image.architecture !== undefined) return ['--private-network'];
    if (request.userNamespace !== true) {
      return [`--network-namespace-path=${await this.network.plug(request.name, number)}`];
    }
    return [`--private-users=${USER_BASE}:65536`, '--private-users-ownership=chown', '--private-network'];
  }

  #hosts(name: string, number: number): string {
    const known = this.#containers.map((container) => `${container.address} ${container.name}`);
    const addressOf = new Map(this.#containers.map((container) => [container.name, container.address]));
    addressOf.set(name, this.network.address(number));
    const names = Object.entries(this.#options.names).flatMap(([alias, target]) => {
      const address = addressOf.get(target);
      return address === undefined ? [] : [`${address} ${alias}`];
    });
    return ['127.0.0.1 localhost', '::1 localhost', `127.0.1.1 ${name}`, ...known, ...names, ''].join('\n');
  }
}

/** Takes down what earlier runs left that were killed. With `kept`, also what was left on purpose. */
export async function sweep(cache: string, { kept = false } = {}): Promise<void> {
  const runs = join(cache, 'runs');
  for (const id of existsSync(runs) ? await readdir(runs) : []) {
    const folder = join(runs, id);
    const owner = readIdentity(join(folder, 'owner.json'));
    if (owner !== undefined && isRunning(owner)) continue;
    if (existsSync(join(folder, 'kept')) && !kept) continue;
    for (const name of await readdir(folder)) {
      const boot = readIdentity(join(folder, name, 'process.json'));
      if (boot !== undefined && isRunning(boot)) await powerOff(boot);
    }
    for (const namespace of readdirSync('/run/netns').filter((name) => name.startsWith(`pm-e2e-${id}-`))) {
      await attempt('ip', ['netns', 'delete', namespace]);
    }
    await clear(folder, id);
  }
}

async function clear(folder: string, id: string): Promise<void> {
  for (const tree of CGROUP_TREES) {
    if (!existsSync(join(tree, 'cgroup.procs'))) continue;
    for (const name of readdirSync(tree).filter((entry) => entry.startsWith(`pm-e2e-${id}-`))) {
      removeCgroup(join(tree, name));
    }
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
}

/** A cgroup is removed with rmdir alone, after those below it. */
function removeCgroup(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroup(join(path, entry.name));
  }
  rmdirSync(path);
}

function readIdentity(file: string): ProcessIdentity | undefined {
  if (!existsSync(file)) return undefined;
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('startTicks' in value)) {
    return undefined;
  }
  const { pid, startTicks } = value;
  return typeof pid === 'number' && typeof startTicks === 'string' ? { pid, startTicks } : undefined;
}
