import { remembered } from '../collectors/remembered.ts';
import { type GuestConfig, parseGuestConfig } from './guest-config.ts';
import { readConfiguration } from './pmxcfs.ts';
import { parseUserPools } from './user-pools.ts';

/** What is configured of this node's guests. */
export interface GuestConfigurations {
  readonly configs: ReadonlyMap<number, GuestConfig>;
  /** Pool by guest. */
  readonly pools: ReadonlyMap<number, string>;
}

/** Changes when somebody changes it; a lock or a new name may be a minute late. */
const CONFIGURATION_MS = 60_000;

/** Reads every guest's file at most once a minute, whoever asks. */
export const guestConfigurations = remembered(
  CONFIGURATION_MS,
  async (host): Promise<GuestConfigurations> => {
    const texts = await readConfiguration(host, {
      files: ['user.cfg'],
      folders: ['local/qemu-server', 'local/lxc'],
    });
    const configs = new Map<number, GuestConfig>();
    for (const [name, text] of texts) {
      const vmid = /^local\/(?:qemu-server|lxc)\/([1-9]\d{0,8})\.conf$/.exec(name)?.[1];
      if (vmid !== undefined) configs.set(Number(vmid), parseGuestConfig(text));
    }
    return { configs, pools: parseUserPools(texts.get('user.cfg') ?? '') };
  },
);
