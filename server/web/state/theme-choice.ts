import { signal } from '@preact/signals';
import { applyTheme, storedTheme, storeTheme, type Theme } from './stored-theme.ts';

export const theme = signal<Theme>('system');

/** Counts up whenever colours change, by choice or by the system: canvases are painted again then. */
export const paintings = signal(0);

export function startTheme(): void {
  theme.value = storedTheme();
  const repaint = (): void => {
    paintings.value += 1;
  };
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
    window.matchMedia(query).addEventListener('change', repaint);
  }
}

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  applyTheme(chosen);
  storeTheme(chosen);
  paintings.value += 1;
}
