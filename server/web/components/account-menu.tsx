import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { THEMES, type Theme } from '../state/stored-theme.ts';
import { chooseTheme, theme } from '../state/theme-choice.ts';
import { Icon } from './icon.tsx';
import { Segmented } from './segmented.tsx';

const THEME_NAMES: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' };

interface AccountMenuProps {
  readonly version: string;
  onShowKeys(): void;
}

export function AccountMenu({ version, onShowKeys }: AccountMenuProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const closeOutside = (event: Event): void => {
      if (event.target instanceof Node && root.current?.contains(event.target)) return;
      setOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
    };
  }, [open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc from anywhere inside closes it
    <div
      class="account"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        setOpen(false);
        root.current?.querySelector('button')?.focus();
      }}
    >
      <button
        type="button"
        class="ib"
        aria-expanded={open}
        aria-label="Theme, keys and logging out"
        onClick={() => setOpen(!open)}
      >
        <Icon name="user" />
      </button>
      {open ? (
        <div class="menu">
          <div class="row">
            <span>Theme</span>
            <Segmented
              label="Theme"
              options={THEMES.map((value) => ({ value, text: THEME_NAMES[value] }))}
              chosen={theme.value}
              onChoose={chooseTheme}
            />
          </div>
          <button
            type="button"
            class="row"
            onClick={() => {
              setOpen(false);
              onShowKeys();
            }}
          >
            Keys <kbd>?</kbd>
          </button>
          <form method="post" action="/logout">
            <button type="submit" class="row">
              Log out
            </button>
          </form>
          <p class="row faint">Version {version}</p>
        </div>
      ) : null}
    </div>
  );
}
