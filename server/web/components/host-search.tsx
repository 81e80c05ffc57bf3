import type { JSX, RefObject } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { searchHosts } from '../fleet/filter.ts';
import { reasonOf } from '../fleet/reason.ts';
import { hostPath } from '../host/host-path.ts';
import { nowMs } from '../state/clock.ts';
import { hosts } from '../state/store.ts';
import { Glyph } from './glyph.tsx';
import { Icon } from './icon.tsx';

const SHOWN = 8;

/** Finds a host by its name and opens it. `input` lets a key put the focus here. */
export function HostSearch({ input }: { readonly input: RefObject<HTMLInputElement | null> }): JSX.Element {
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const list = useId();
  const found = searchHosts(hosts.value, typed);
  const shown = found.slice(0, SHOWN);
  const chosen = Math.min(at, shown.length - 1);
  const close = (): void => {
    setTyped('');
    setOpen(false);
    input.current?.blur();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown') setAt(Math.min(shown.length - 1, chosen + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, chosen - 1));
    else if (event.key === 'Enter' && shown[chosen] !== undefined)
      location.assign(hostPath(shown[chosen].name));
    else return;
    event.preventDefault();
  };
  return (
    <div
      class={open ? 'find open' : 'find'}
      ref={root}
      onFocusOut={(event) => {
        if (event.relatedTarget instanceof Node && root.current?.contains(event.relatedTarget)) return;
        setOpen(false);
      }}
    >
      <Icon name="find" />
      <input
        ref={input}
        type="search"
        // biome-ignore lint/a11y/noRedundantRoles: a field of search is a searchbox, not a combobox
        role="combobox"
        list={undefined}
        aria-label="Search hosts"
        aria-expanded={open}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open && shown.length > 0 ? `${list}-${chosen}` : undefined}
        placeholder="Search hosts"
        autocomplete="off"
        spellcheck={false}
        value={typed}
        onFocus={() => setOpen(true)}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      <kbd>/</kbd>
      {open ? (
        <div class="found" id={list} role="listbox" aria-label="Hosts">
          {shown.map((host, index) => (
            <a
              key={host.name}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === chosen}
              tabIndex={-1}
              href={hostPath(host.name)}
            >
              <Glyph severity={host.severity} />
              <b>{host.name}</b>
              <small>{reasonOf(host, nowMs.value) ?? ''}</small>
            </a>
          ))}
          {found.length > SHOWN ? <p>and {found.length - SHOWN} more</p> : null}
          {found.length === 0 ? <p>{typed === '' ? 'No hosts yet' : `No host matches “${typed}”`}</p> : null}
        </div>
      ) : null}
    </div>
  );
}
