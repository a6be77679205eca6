/**
 * The report in a real browser with the network off. Needs Debian's `chromium` (or CHROMIUM naming one); `.ci/run` runs
 * this folder, the fast tests do not.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { renderHtml } from "../../lib/report/html/page.ts";
import type { Run } from "../../lib/result/run.ts";
import { emptyRun, hostileRun, incompleteRun, manyOperations, usualRun, verdictOf } from "../report/cases.ts";

const ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
  .concat(["--disable-component-update", "--disable-sync"]);
const CHARTS = ["response-chart", "time-chart", "percentile-chart", "heat-chart", "connection-chart", "resource-chart"];

/** A page that has been opened, and everything it complained of or asked for. */
interface Opened {
  page: Page;
  complaints: string[];
  requests: string[];
}

async function withBrowser(
  test: (open: (run: Run, options?: BrowserContextOptions) => Promise<Opened>) => Promise<void>,
) {
  const dir = await Deno.makeTempDir();
  const executablePath = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ARGS });
  try {
    await test((run, options) => openReport(browser, dir, run, options));
  } finally {
    await browser.close();
    await Deno.remove(dir, { recursive: true });
  }
}

async function openReport(
  browser: Browser,
  dir: string,
  run: Run,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const path = join(dir, "report.html");
  await Deno.writeTextFile(path, renderHtml(run, verdictOf(run), { version: "0.1.0" }));
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, offline: true, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(path).href);
  return { page, complaints, requests };
}

/** Asks the page; as text, for what runs there knows types that Deno does not have. */
const ask = <T>(page: Page, script: string) => page.evaluate<T>(script);

/** Different colours in the emptier of a chart's canvases (the heat map has two): 1 in an empty one, 0 without one. */
const coloursIn = (page: Page, id: string) =>
  ask<number>(
    page,
    `(() => {
      const colours = [...document.querySelectorAll("#${id} canvas")].map((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
      return colours.length === 0 ? 0 : Math.min(...colours);
    })()`,
  );

/** Points into a chart where it has something to tell, and waits until it does. */
async function pointAt(page: Page, id: string): Promise<void> {
  const tip = page.locator(`#${id} .tip`);
  const rows = id === "heat-chart" ? [240, 220, 200, 260] : [100];
  for (const y of rows) {
    await page.locator(`#${id}`).hover({ position: { x: 200, y } });
    if (await tip.isVisible()) return;
  }
  await tip.waitFor({ timeout: 5000 });
}

const imageOf = (page: Page) => ask<string>(page, 'document.querySelector("#response-chart canvas").toDataURL()');
const paperOf = (page: Page) => ask<string>(page, "getComputedStyle(document.body).backgroundColor");

Deno.test("the report opens offline: no request, no complaint, every chart drawn, the verdict on top", () =>
  withBrowser(async (open) => {
    const { page, complaints, requests } = await open(usualRun());
    assert.match(await page.locator("#verdict").innerText(), /^FAIL\s+\S/);
    for (const id of CHARTS) assert.ok(await coloursIn(page, id) > 3, `${id} is empty`);
    assert.deepEqual(complaints, []);
    assert.equal(requests.length, 1, `only the file itself: ${requests}`);
  }));

Deno.test("the report works at 400 pixels without scrolling sideways", () =>
  withBrowser(async (open) => {
    for (const run of [usualRun(), hostileRun(), manyOperations(60, 10)]) {
      const { page, complaints } = await open(run, { viewport: { width: 400, height: 800 } });
      assert.ok(await coloursIn(page, "time-chart") > 3);
      assert.equal(await ask(page, "document.documentElement.scrollWidth"), 400);
      assert.deepEqual(complaints, []);
    }
  }));

Deno.test("the report follows the colour scheme, also when it changes", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(usualRun(), { colorScheme: "dark" });
    const dark = [await paperOf(page), await page.screenshot()];
    await page.emulateMedia({ colorScheme: "light" });
    const light = [await paperOf(page), await page.screenshot()];
    assert.deepEqual([dark[0], light[0]], ["rgb(15, 19, 23)", "rgb(252, 252, 250)"]);
    assert.notDeepEqual(dark[1], light[1]);
    assert.deepEqual(complaints, []);
  }));

Deno.test("the report can be worked by the keyboard: the choice of operation redraws the response time", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(usualRun());
    const before = await imageOf(page);
    await page.keyboard.press("Tab");
    assert.equal(await ask(page, "document.activeElement.id"), "pick-operation");
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.locator("#pick-operation").inputValue(), "llm.chat_stream");
    assert.notEqual(await imageOf(page), before);
    await page.locator("summary").first().focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("details").first().getAttribute("open"), "");
    assert.deepEqual(complaints, []);
  }));

Deno.test("pointing at a chart tells the values in words", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(usualRun());
    for (const id of CHARTS) {
      await pointAt(page, id);
    }
    assert.match(await page.locator("#response-chart .tip").innerText(), /llm\.chat_stream P95\s+[\d.]+ (s|ms)/);
    assert.deepEqual(complaints, []);
  }));

Deno.test("hostile text stays text in the browser", () =>
  withBrowser(async (open) => {
    const { page, complaints, requests } = await open(hostileRun());
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.locator("script").count(), 3);
    for (const id of CHARTS) {
      await pointAt(page, id);
    }
    assert.deepEqual(complaints, []);
    assert.equal(requests.length, 1);
  }));

Deno.test("empty and incomplete runs open without a complaint", () =>
  withBrowser(async (open) => {
    for (
      const [run, text] of [[emptyRun(), /No data: the run ended before the first second/], [
        incompleteRun(),
        /Incomplete\./,
      ]] as const
    ) {
      const { page, complaints } = await open(run);
      assert.match(await page.locator("main").innerText(), text);
      assert.deepEqual(complaints, []);
    }
  }));

Deno.test("on paper the page is light, unfolded, and as before afterwards", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(usualRun(), { colorScheme: "dark" });
    const state = () =>
      ask(
        page,
        `({
          light: document.documentElement.classList.contains("on-paper"),
          folded: document.querySelectorAll("details:not([open])").length,
          width: document.querySelector("#time-chart canvas").clientWidth,
        })`,
      );
    const screen = await state();
    await ask(page, 'dispatchEvent(new Event("beforeprint"))');
    assert.deepEqual(await state(), { light: true, folded: 0, width: 660 });
    await ask(page, 'dispatchEvent(new Event("afterprint"))');
    assert.deepEqual(await state(), screen);
    assert.deepEqual(complaints, []);
  }));
