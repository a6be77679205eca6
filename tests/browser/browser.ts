/** Chromium for the tests of the report, with the network off. Needs Debian's `chromium`, or CHROMIUM naming one. */
import axe from "axe-core";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { renderHtml } from "../../lib/report/html/page.ts";
import type { Run } from "../../lib/result/run.ts";
import { verdictOf } from "../report/cases.ts";

const ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
  .concat(["--disable-component-update", "--disable-sync"]);

/** A page that has been opened, and everything it complained of or asked for. */
export interface Opened {
  page: Page;
  complaints: string[];
  requests: string[];
}

/** Opens the report of a run, at a place of it where one is named. */
export type Open = (run: Run, options?: BrowserContextOptions, hash?: string) => Promise<Opened>;

/** Starts a browser. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium", args: ARGS });
}

/** Runs a test with a browser of its own, which is closed afterwards. */
export async function withBrowser(test: (open: Open) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  const browser = await launchBrowser();
  let opened = 0;
  try {
    await test((run, options, hash) => openReport(browser, join(dir, `report_${opened++}.html`), run, options, hash));
  } finally {
    await browser.close();
    await Deno.remove(dir, { recursive: true });
  }
}

async function openReport(
  browser: Browser,
  path: string,
  run: Run,
  options: BrowserContextOptions = {},
  hash = "",
): Promise<Opened> {
  await Deno.writeTextFile(path, renderHtml(run, verdictOf(run), { version: "0.1.0" }));
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(path).href + hash);
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  return { page, complaints, requests };
}

/** Waits until something holds in the page. */
export async function until(page: Page, condition: string): Promise<void> {
  // Playwright's own way evaluates text in the page, which the report's policy forbids.
  for (let tries = 0; tries < 600; tries++) {
    if (await ask<boolean>(page, `new Promise((done) => requestAnimationFrame(() => done(Boolean(${condition}))))`)) {
      return;
    }
  }
  throw new Error(`This never held in the page: ${condition}`);
}

/** What axe-core finds that keeps people out. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await ask<
    { violations: Array<{ id: string; impact: string; nodes: Array<{ html: string }> }> }
  >(page, 'axe.run({ resultTypes: ["violations"] })');
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

/** Asks the page; as text, for what runs there knows types that Deno does not have. */
export function ask<T>(page: Page, script: string): Promise<T> {
  return page.evaluate<T>(script);
}
