import { threeDigits } from '../../src/words/number.ts';

/** Horizontal lines above zero. */
const LINES = 4;
const STEPS = [1, 2, 2.5, 5, 10] as const;

/** The upper end of a scale from zero: four round steps that hold the highest value. */
export function niceTop(highest: number, least: number): number {
  const wanted = Math.max(highest, least) / LINES;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = STEPS.find((candidate) => candidate * power >= wanted * 0.999) ?? 10;
  return step * power * LINES;
}

export function linesOf(top: number): number[] {
  return Array.from({ length: LINES + 1 }, (_, index) => (top * index) / LINES);
}

export function lineLabel(value: number): string {
  return threeDigits(value);
}
