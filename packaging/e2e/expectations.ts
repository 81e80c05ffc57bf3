import { setTimeout as pause } from 'node:timers/promises';

/** What was seen is not what must be seen. */
export class ExpectationError extends Error {
  override name = 'ExpectationError';
}

export function expectThat(condition: boolean, otherwise: string): void {
  if (!condition) throw new ExpectationError(otherwise);
}

/** The text must match each pattern; the error quotes the text. */
export function expectText(text: string, ...patterns: readonly RegExp[]): void {
  const missing = patterns.filter((pattern) => !pattern.test(text));
  expectThat(missing.length === 0, `${missing.join(' and ')} not found in:\n${text.trim()}`);
}

export function expectNoText(text: string, pattern: RegExp): void {
  expectThat(!pattern.test(text), `${pattern} found in:\n${text.trim()}`);
}

/** Two readings of one moving value, taken seconds apart. `tolerance` is a share of `expected`. */
export function expectNear(what: string, actual: number, expected: number, tolerance: number): void {
  const distance = Math.abs(actual - expected);
  expectThat(
    distance <= Math.abs(expected) * tolerance,
    `${what}: ${actual} is shown, ${expected} is true (at most ${tolerance * 100} % apart)`,
  );
}

/**
 * Asks until there is an answer.
 * @throws ExpectationError with the last thing that `ask` threw, after `withinMs`
 */
export async function eventually<Result>(
  what: string,
  withinMs: number,
  ask: () => Promise<Result | undefined | false>,
): Promise<Result> {
  const deadline = Date.now() + withinMs;
  let last = '';
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = '';
    } catch (error) {
      last = error instanceof Error ? `: ${error.message}` : '';
    }
    await pause(200);
  }
  throw new ExpectationError(`${what}: not within ${withinMs / 1000} s${last}`);
}
