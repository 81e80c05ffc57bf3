/** A share in whole numbers: 87 %. */
export function formatPercent(percent: number): string {
  return `${Math.round(percent)} %`;
}

/** A share where tenths matter while it is small, such as pressure: 1.4 %, 12 %. */
export function formatFinePercent(percent: number): string {
  return `${finePercent(percent)} %`;
}

/** The same without the unit: 1.4. */
export function finePercent(percent: number): string {
  return percent < 9.95 ? String(Number(percent.toFixed(1))) : String(Math.round(percent));
}
