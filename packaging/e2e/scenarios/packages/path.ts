import type { Container } from '../../bed/container.ts';
import type { Image, Suite } from '../../bed/image.ts';
import type { Scene } from '../../stage.ts';

/** One way that a package takes through a machine's life. Played on every release, each time in fresh containers. */
export interface PackagePath {
  /** In the table, and for `--path`. */
  readonly name: string;
  readonly play: (context: PathContext) => Promise<void>;
}

export interface PathContext extends Scene {
  readonly release: Release['name'];
  readonly suite: Suite;
  /** Boots a fresh container of the release. It is gone when the path is over. `name` tells several of one path apart. */
  boot(name?: string): Promise<Container>;
}

export interface Release {
  readonly name: 'Debian 12' | 'Debian 13';
  readonly image: Image;
}

/** A terminal in the container, what debconf's dialogs need, and the locales that they are tried in. */
const PACKAGES = ['locales', 'tmux', 'whiptail'];

export const RELEASES: readonly Release[] = [
  { name: 'Debian 12', image: { suite: 'bookworm', packages: PACKAGES } },
  { name: 'Debian 13', image: { suite: 'trixie', packages: PACKAGES } },
];
