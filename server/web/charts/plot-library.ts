import { signal } from '@preact/signals';
import type uPlot from 'uplot';

/** File of the library that draws charts, put in by build.ts. */
declare const PLOT_FILE: string;

type PlotLibrary = typeof uPlot;

/** What draws charts; undefined until it is there. It is a third of the page's code, and nothing else waits for it. */
export const plotLibrary = signal<PlotLibrary | undefined>(undefined);
export const plotFailed = signal(false);

export async function loadPlotLibrary(): Promise<void> {
  if (plotLibrary.peek() !== undefined) return;
  plotFailed.value = false;
  try {
    const module: { readonly default: PlotLibrary } = await import(PLOT_FILE);
    plotLibrary.value = module.default;
  } catch {
    plotFailed.value = true;
  }
}
