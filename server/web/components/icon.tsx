import type { JSX } from 'preact';

/** Shapes on a field of 16 by 16. Those of states are told apart without their colour. */
const SHAPES = {
  ok: <path d="M3.5 8.5l3 3 6-7" />,
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.5v3.5M8 5v.1" />
    </>
  ),
  warn: (
    <path
      fill-rule="evenodd"
      d="M8 1.4c.5 0 .9.3 1.1.7l6 10.6c.5.9-.1 1.9-1.1 1.9H2c-1 0-1.6-1-1.1-1.9l6-10.6c.2-.4.6-.7 1.1-.7zM7.2 5.6v4h1.6v-4zM8 10.7a1 1 0 100 2 1 1 0 000-2z"
    />
  ),
  crit: (
    <path
      fill-rule="evenodd"
      d="M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5zM4.9 6L6.9 8l-2 2L6 11.1l2-2 2 2L11.1 10l-2-2 2-2L10 4.9l-2 2-2-2z"
    />
  ),
  silent: (
    <>
      <circle cx="8" cy="8" r="6" stroke-dasharray="2.6 2.1" />
      <path d="M5.5 8h5" />
    </>
  ),
  find: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="M10.5 10.5L14 14" />
    </>
  ),
  user: (
    <>
      <circle cx="8" cy="5.5" r="2.7" />
      <path d="M2.8 13.7c.6-2.7 2.7-4 5.2-4s4.6 1.3 5.2 4" />
    </>
  ),
  plus: <path d="M8 3v10M3 8h10" />,
  copy: <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />,
  close: <path d="M4 4l8 8M12 4l-8 8" />,
  up: <path d="M8 12.5v-9M4.5 7L8 3.5 11.5 7" />,
  down: <path d="M8 3.5v9M4.5 9L8 12.5 11.5 9" />,
  chevron: <path d="M6 3.5L10.5 8 6 12.5" />,
  rack: <path d="M2.5 2.5h11v4h-11zM2.5 9.5h11v4h-11zM5 4.5h.1M5 11.5h.1" />,
} as const satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="ic" viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}

/** The product's mark. */
export function Mark(): JSX.Element {
  return (
    <svg viewBox="0 0 22 22" fill="none" aria-hidden="true">
      <rect x=".75" y=".75" width="20.5" height="20.5" rx="5" stroke="currentColor" stroke-width="1.5" />
      <path
        d="M5 7.2h12M5 11h2.5l1.5-2 2 4.5 1.6-2.5H17M5 15.4h12"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
