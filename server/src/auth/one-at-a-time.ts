/** More work is waiting than the queue may hold. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/**
 * Runs tasks one after the other, in the order in which they came.
 * @param limit how many may wait or run; one more is refused with a QueueFullError
 */
export function oneAtATime(limit: number): <Value>(task: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  let pending = 0;
  return async (task) => {
    if (pending >= limit) throw new QueueFullError(`${pending} tasks are waiting already`);
    pending += 1;
    const result = last.then(task, task);
    last = result;
    try {
      return await result;
    } finally {
      pending -= 1;
    }
  };
}
