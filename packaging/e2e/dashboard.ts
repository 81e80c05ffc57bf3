import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Check } from 'typebox/value';
import { Fleet, HostDetail, type HostSummary } from '../../server/src/api/schema.ts';
import { eventually, expectThat } from './expectations.ts';

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Time for charts and live values to appear before a picture is taken. */
const SETTLE_MS = 1_500;

/** The dashboard as a person at a browser sees it, and what its API says to that same browser. */
export class Dashboard {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #url: string;
  /** Errors that the browser reported: scripts, refused content, failed requests of the page itself. */
  readonly #problems: string[] = [];

  private constructor(browser: Browser, context: BrowserContext, page: Page, url: string) {
    this.#browser = browser;
    this.#context = context;
    this.page = page;
    this.#url = url;
    watch(page, this.#problems);
  }

  static async open(browser: Browser, url: string): Promise<Dashboard> {
    const context = await browser.newContext({ viewport: DESKTOP });
    return new Dashboard(browser, context, await context.newPage(), url);
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.#url}${path}`);
  }

  /** Takes the errors so far: each is reported once. */
  takeProblems(): string[] {
    return this.#problems.splice(0);
  }

  async logIn(password: string): Promise<void> {
    await this.goto('/login');
    await this.page.fill('input[name=password]', password);
    await this.page.click('button[type=submit]');
    await this.page.waitForURL(`${this.#url}/`);
  }

  async fleet(): Promise<Fleet> {
    const body = await this.#json('/api/v1/fleet');
    if (!Check(Fleet, body)) throw new Error('GET /api/v1/fleet does not keep to its schema');
    return body;
  }

  async host(name: string): Promise<HostDetail> {
    const body = await this.#json(`/api/v1/hosts/${encodeURIComponent(name)}`);
    if (!Check(HostDetail, body)) throw new Error(`GET /api/v1/hosts/${name} does not keep to its schema`);
    return body;
  }

  async summary(name: string): Promise<HostSummary> {
    const summary = (await this.fleet()).hosts.find((host) => host.name === name);
    if (summary === undefined) throw new Error(`${name} is not in the fleet`);
    return summary;
  }

  /** The server's time now, in milliseconds. */
  async serverTimeMs(): Promise<number> {
    return (await this.fleet()).serverTimeMs;
  }

  /** Waits until the host is connected and a sample arrived after `afterMs` of the server's time. */
  async live(name: string, afterMs: number, withinMs: number): Promise<HostSummary> {
    return eventually(`${name} is live again`, withinMs, async () => {
      const summary = await this.summary(name);
      const fresh = (summary.lastSeenAtMs ?? 0) > afterMs;
      return summary.connected && fresh && /^(live|attention)$/.test(summary.state) ? summary : undefined;
    });
  }

  /**
   * Waits until the open fleet page itself shows a sample that came after `afterMs`, by this machine's clock: its
   * stream of live values works.
   */
  async pageIsLive(name: string, afterMs: number, withinMs: number): Promise<void> {
    const row = this.page.locator('tr', { has: this.page.locator(`a[href="/hosts/${name}"]`) });
    await eventually(`the row of ${name} on the open page`, withinMs, async () => {
      const text = await row.innerText({ timeout: 2_000 });
      const ageSeconds = Number(/(?:^|\s)(\d+) s(?: ago)?$/m.exec(text)?.[1] ?? Number.NaN);
      // Shown ages are rounded down.
      return Date.now() - (ageSeconds + 1) * 1000 > afterMs;
    });
  }

  /** A page beside the open one, in the same login. */
  async openBeside(path: string): Promise<Page> {
    const page = await this.#context.newPage();
    watch(page, this.#problems);
    await page.goto(`${this.#url}${path}`);
    return page;
  }

  /** The page as somebody sees it who is not logged in. */
  async openAsStranger(path: string): Promise<Page> {
    const context = await this.#browser.newContext();
    const page = await context.newPage();
    watch(page, this.#problems);
    await page.goto(`${this.#url}${path}`);
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Asks from within the page, so with its cookie and through its TLS. */
  async #json(path: string): Promise<unknown> {
    const answer: { status: number; body: string } = await this.page.evaluate(async (url) => {
      const response = await fetch(url);
      return { status: response.status, body: await response.text() };
    }, path);
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.body.slice(0, 300)}`);
    return JSON.parse(answer.body);
  }
}

function watch(page: Page, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // A container that is plugged in is a change of network to the browser; the dashboard has to bear it.
    const isOurs = message.text().includes('ERR_NETWORK_CHANGED');
    if (message.type() === 'error' && !isOurs) problems.push(message.text());
  });
}

/**
 * Pictures of an open page: desktop and phone, light and dark, as `<file>-<width>-<scheme>.png`.
 * @throws ExpectationError when it is wider than the screen
 */
export async function takePictures(page: Page, file: string): Promise<void> {
  for (const viewport of [DESKTOP, PHONE]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(SETTLE_MS);
      await page.screenshot({ path: `${file}-${viewport.width}-${colorScheme}.png`, fullPage: true });
      const overflow: number = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expectThat(overflow <= 0, `${page.url()} is ${overflow} px wider than ${viewport.width} px`);
    }
  }
}
