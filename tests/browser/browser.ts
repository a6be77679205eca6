/** Chromium for the tests of the report, with the network off. Needs Debian's `chromium`, or CHROMIUM naming one. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
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

/** Opens the report of a run, or a page as it is written; at a place of it where one is named. */
export type Open = (run: Run | string, options?: BrowserContextOptions, hash?: string) => Promise<Opened>;

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
  run: Run | string,
  options: BrowserContextOptions = {},
  hash = "",
): Promise<Opened> {
  const text = typeof run === "string" ? run : renderHtml(run, verdictOf(run), { version: "0.1.0" });
  await Deno.writeTextFile(path, text);
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

/** Asks the page; as text, for what runs there knows types that Deno does not have. */
export function ask<T>(page: Page, script: string): Promise<T> {
  return page.evaluate<T>(script);
}

/** Pairs of labels of one chart that cover each other by more than a hair, and labels that leave their chart. */
export const overlaps = (page: Page): Promise<string[]> =>
  ask<string[]>(
    page,
    `[...document.querySelectorAll("figure.chart")].filter((one) => !one.closest("details:not([open])")).flatMap((figure) => {
      const frame = figure.querySelector("svg").getBoundingClientRect();
      const texts = [...figure.querySelectorAll("svg text, .name")].filter((text) => text.textContent !== "")
        .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
      const out = texts.filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1 ||
        box.top < frame.top - 2 || box.bottom > frame.bottom + 2).map(({ text }) => figure.id + " outside: " + text);
      return out.concat(texts.flatMap((a, i) => texts.slice(i + 1).filter((b) =>
        Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1 &&
        Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 3
      ).map((b) => figure.id + ": " + a.text + " / " + b.text)));
    })`,
  );

/** What axe-core finds that keeps people out. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await ask<
    { violations: Array<{ id: string; impact: string; nodes: Array<{ html: string }> }> }
  >(
    page,
    'axe.run({ resultTypes: ["violations"] })',
  );
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

/** Sheets that a page takes on paper. */
export async function pagesOnPaper(page: Page): Promise<number> {
  const pdf = new TextDecoder("latin1").decode(await page.pdf({ preferCSSPageSize: true }));
  return pdf.match(/\/Type\s*\/Page[^s]/g)?.length ?? 0;
}
