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
let rows = 0;
for (let round = 0; round < ROUNDS; round += 1) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.waitForSelector('.fleet tbody tr');
  // the frame after the rows are in the document
  times.push(
    await page.evaluate(
      () =>
        new Promise<number>((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now())))),
    ),
  );
  rows = await page.locator('.fleet tbody tr').count();
  await page.close();
}
await browser.close();
const sorted = times.toSorted((first, second) => first - second);
const shown = sorted.map((time) => time.toFixed(0)).join(', ');
console.log(
  `${rows} hosts painted after ${shown} ms; median ${sorted[Math.floor(ROUNDS / 2)]?.toFixed(0)} ms`,
);
