import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { bindKeys } from '../state/keys.ts';
import { AccountMenu } from './account-menu.tsx';
import { HostSearch } from './host-search.tsx';
import { Mark } from './icon.tsx';
import { KeyHelp } from './key-help.tsx';
import { LiveMark } from './live-mark.tsx';

interface HeaderProps {
  readonly page: 'fleet' | 'host' | 'hosts';
  readonly version: string;
  /** How many hosts need attention. */
  readonly attention: number;
}

export function Header({ page, version, attention }: HeaderProps): JSX.Element {
  const search = useRef<HTMLInputElement>(null);
  const [keysShown, showKeys] = useState(false);
  useEffect(
    () =>
      bindKeys({
        '/': () => search.current?.focus(),
        'g f': () => location.assign('/'),
        'g h': () => location.assign('/admin/hosts'),
        '?': () => showKeys(true),
      }),
    [],
  );
  return (
    <header class="top">
      <a class="skip btn" href="#main">
        Skip to content
      </a>
      <a class="mark" href="/" aria-label="Proxmox Monitor, fleet">
        <Mark />
        <span>Proxmox Monitor</span>
      </a>
      <nav aria-label="Main">
        <a href="/" aria-current={page === 'fleet' ? 'page' : undefined}>
          Fleet
          {attention > 0 ? (
            <span class="n">
              <span class="vh">, need attention: </span>
              {attention}
            </span>
          ) : null}
        </a>
        <a href="/admin/hosts" aria-current={page === 'hosts' ? 'page' : undefined}>
          Hosts
        </a>
      </nav>
      <span class="sp" />
      <LiveMark />
      <HostSearch input={search} />
      <AccountMenu version={version} onShowKeys={() => showKeys(true)} />
      {keysShown ? <KeyHelp onClose={() => showKeys(false)} /> : null}
    </header>
  );
}
