/** Says what is being done and, at its end, how long it took. */
export async function step<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  process.stdout.write(`==> ${what} … `);
  const start = performance.now();
  try {
    const result = await work();
    process.stdout.write(`${seconds(start)}\n`);
    return result;
  } catch (error) {
    process.stdout.write('failed\n');
    throw error;
  }
}

/** @param start what performance.now() was then */
export function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
