/**
 * Opens the preview's fleet in Chromium and says how long it took to paint.
 * usage: node server/web/preview/measure.ts URL [CHROMIUM]
 */
import { chromium } from 'playwright-core';

const [url = 'http://127.0.0.1:4400/', executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
const ROUNDS = 5;

const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const times: number[] = [];
const firstPaints: number[] = [];
let rows = 0;
for (let round = 0; round < ROUNDS; round += 1) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.waitForFunction(() => document.querySelectorAll('.fleet tbody tr').length > 40);
  // the frame after the rows are in the document
  times.push(
    await page.evaluate(
      () =>
        new Promise<number>((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now())))),
    ),
  );
  firstPaints.push(
    await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0),
  );
  rows = await page.locator('.fleet tbody tr').count();
  await page.close();
}
await browser.close();
const listed = (values: readonly number[]): string =>
  values
    .toSorted((first, second) => first - second)
    .map((value) => value.toFixed(0))
    .join(', ');
console.log(
  `fleet of ${rows} hosts: first screen painted after ${listed(firstPaints)} ms, all rows after ${listed(times)} ms`,
);
