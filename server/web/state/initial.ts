import type { InitialData } from '../../src/api/schema.ts';

/**
 * What the server wrote into the page.
 * @throws Error when the page was not made by the server
 */
export function readInitial(): InitialData {
  const text = document.getElementById('initial')?.textContent;
  if (text === undefined || text === null) throw new Error('the page holds no data: load it again');
  const initial: InitialData = JSON.parse(text);
  return initial;
}
