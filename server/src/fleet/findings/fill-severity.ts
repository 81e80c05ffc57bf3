/** From which share on something is too full. */
export interface FillLimits {
  readonly warnPercent: number;
  readonly critPercent: number;
}

/** For what slows nothing down until it is full. */
export const USUAL_FILL: FillLimits = { warnPercent: 85, critPercent: 95 };

/** How bad it is that something is so full; undefined when it is not. Shares count as they are shown, rounded. */
export function fillSeverity(percent: number, limits: FillLimits): 'crit' | 'warn' | undefined {
  const shown = Math.round(percent);
  if (shown >= limits.critPercent) return 'crit';
  return shown >= limits.warnPercent ? 'warn' : undefined;
}
