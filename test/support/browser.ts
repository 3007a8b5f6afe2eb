import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { createWorld, type World } from './world.ts';

const PLACES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const executable = PLACES.find((path) => path && existsSync(path));

const SWITCHES = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Long, because two cores are shared with every other test; a step ends as soon as it can. */
const STEP_AT_MOST_MS = 20_000;

/** A person at a computer or a phone, with pages of their own. */
export class Person {
  /** What went wrong in the pages that nobody would see: a script's error, something that the policy forbade. */
  readonly troubles: string[] = [];

  constructor(
    readonly page: Page,
    readonly home: string,
  ) {
    page.setDefaultTimeout(STEP_AT_MOST_MS);
    page.on('pageerror', (error) => this.troubles.push(error.message));
    page.on(
      'console',
      (message) => /Content Security Policy/.test(message.text()) && this.troubles.push(message.text()),
    );
  }

  goTo(path: string) {
    return this.page.goto(this.home + path);
  }

  press(name: string | RegExp) {
    return this.page.getByRole('button', { name }).click();
  }

  follow(name: string | RegExp) {
    return this.page
      .getByRole('main')
      .getByRole('link', { name, exact: typeof name === 'string' })
      .click();
  }

  /** Waits until the page says so in a heading. */
  reads(heading: string | RegExp) {
    return this.page.getByRole('heading', { name: heading }).first().waitFor();
  }

  sees(text: string | RegExp) {
    return this.page.getByText(text).first().waitFor();
  }

  /** Chooses a plan, orders it and waits for Toss's widgets. */
  async order(plan: string): Promise<void> {
    await this.goTo('/');
    await this.page.getByText(plan, { exact: true }).click();
    await this.press('주문하기');
    await this.page.getByRole('group', { name: '결제 방법' }).waitFor();
  }

  /** Through the simulator's window, by the button named. */
  async pay(button = '결제하기'): Promise<void> {
    await this.press(/원 결제하기/);
    await this.page.waitForURL(/\/window\//);
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }

  /** In the sandbox, one click. */
  async startAs(role: '고객' | '운영자' | '관리자', path = '/console'): Promise<void> {
    await this.goTo(path);
    await this.press(new RegExp(`^${role}으?로 시작$`));
    await this.page.getByRole('button', { name: '로그아웃' }).waitFor();
  }

  /**
   * What axe-core finds that would keep somebody from using the page. Through the debugger: the policy allows no
   * script of ours in the page.
   */
  async barriers(rules?: string[]): Promise<string[]> {
    await this.page.evaluate(AXE);
    const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
    const found = (await this.page.evaluate(
      `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
    )) as { impact: string; id: string; nodes: { html: string; failureSummary: string }[] }[];
    const grave = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    return grave.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Stage {
  world: World;
  /** Somebody new, in a browser that remembers nothing. */
  somebody(options?: BrowserContextOptions): Promise<Person>;
}

/** Tests in a real browser against the real program; where there is no browser they are skipped, and say so. */
export function inBrowser(name: string, tests: (stage: Stage) => void): void {
  if (!executable) {
    console.warn(
      `skipped: ${name}. No Chromium was found (Debian: apt-get install chromium, or set CHROMIUM to its path).`,
    );
    // oxlint-disable-next-line jest/valid-title, jest/no-disabled-tests
    describe.skip(name, () => {
      tests({} as Stage);
    });
    return;
  }
  // oxlint-disable-next-line jest/valid-title
  describe(name, () => {
    let browser: Browser;
    const stage = { somebody } as Stage;
    const people: Person[] = [];

    beforeAll(async () => {
      [stage.world, browser] = await Promise.all([
        createWorld({}, true),
        chromium.launch({ executablePath: executable, args: SWITCHES }),
      ]);
    });
    afterAll(async () => {
      await browser?.close();
      await stage.world?.close();
      expect(people.flatMap(({ troubles }) => troubles)).toEqual([]);
    });

    async function somebody(options: BrowserContextOptions = {}): Promise<Person> {
      const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, locale: 'ko-KR', ...options });
      const person = new Person(await context.newPage(), stage.world.api.url);
      people.push(person);
      return person;
    }

    tests(stage);
  });
}
