import type { SeriesColour } from './definitions.ts';

/** Colours as the canvas takes them: it does not resolve `var()` and `light-dark()`. */
export interface Palette {
  readonly series: Readonly<Record<SeriesColour, string>>;
  readonly label: string;
  readonly grid: string;
  readonly gap: string;
  readonly surface: string;
  readonly font: string;
}

/** Reads the colours of the theme that is shown now. */
export function readPalette(): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const colourOf = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const rootPixels = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const palette: Palette = {
    series: { c1: colourOf('c1'), c2: colourOf('c2'), c3: colourOf('c3'), arc: colourOf('data-2') },
    label: colourOf('text-3'),
    grid: colourOf('line'),
    gap: colourOf('sunken'),
    surface: colourOf('surface'),
    font: `${Math.round(rootPixels * 0.6875)}px ${getComputedStyle(document.body).fontFamily}`,
  };
  probe.remove();
  return palette;
}

/** A computed colour, `rgb(47, 99, 181)`, made translucent. */
export function translucent(colour: string, alpha: number): string {
  const parts = /^rgba?\(([^)]+)\)$/
    .exec(colour)?.[1]
    ?.split(/[\s,/]+/)
    .slice(0, 3);
  return parts === undefined ? colour : `rgba(${parts.join(', ')}, ${alpha})`;
}
