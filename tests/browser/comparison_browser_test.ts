/** The pages of a comparison and of a history in a real browser with the network off; see report_browser_test.ts. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { compareSides } from "../../lib/compare/compare.ts";
import { holdGates, parseGate } from "../../lib/compare/gate.ts";
import { historyOf, pastRun } from "../../lib/compare/history.ts";
import { renderHistoryPage } from "../../lib/report/compare/history_page.ts";
import { renderComparisonPage } from "../../lib/report/compare/page.ts";
import { sideOf } from "../compare/sides.ts";
import { simulatedRun } from "../compare/simulated.ts";

const ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
  .concat(["--disable-component-update", "--disable-sync"]);
const FAST = { seconds: 90, rate_per_s: 15 };

function comparisonPage(): string {
  const main = sideOf("main", simulatedRun({ ...FAST, seed: 1 }));
  const others = [2, 3].map((seed) =>
    sideOf(`a long name of branch ${seed}`, simulatedRun({ ...FAST, seed, slow: seed === 2 ? 1.3 : 1 }))
  );
  const gates = others.flatMap((side) => holdGates([parseGate("p95(response_time) +5%")], main, side));
  return renderComparisonPage({ comparison: compareSides(main, others), gates, version: "0.1.0" });
}

function historyPage(): string {
  const started = (day: number) => `2026-11-${String(day).padStart(2, "0")}T02:00:00.000Z`;
  const sides = Array.from(
    { length: 12 },
    (_, i) =>
      sideOf(
        `${i}`,
        simulatedRun({ seconds: 20, rate_per_s: 30, seed: i + 1, slow: i < 8 ? 1 : 1.4, started_at: started(i + 1) }),
      )
        .runs[0]!,
  );
  const newest = sides.at(-1)!;
  return renderHistoryPage(historyOf(newest, sides.map((one) => pastRun(one, newest))), "0.1.0");
}

const PAGES: Record<string, string> = { comparison: comparisonPage(), history: historyPage() };

/** Pairs of labels of one drawing whose boxes overlap. */
const OVERLAPS = `[...document.querySelectorAll("figure svg, .axis svg")].flatMap((svg) => {
  const texts = [...svg.querySelectorAll("text")].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0);
  return texts.flatMap((a, i) => texts.slice(i + 1).filter(({ box }) =>
    a.box.left < box.right - 1 && box.left < a.box.right - 1 && a.box.top < box.bottom - 3 && box.top < a.box.bottom - 3
  ).map((b) => a.text + " / " + b.text));
})`;

async function open(browser: Browser, dir: string, name: string, complaints: string[]): Promise<Page> {
  const path = join(dir, `${name}.html`);
  await Deno.writeTextFile(path, PAGES[name] as string);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true });
  const page = await context.newPage();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => request.url().endsWith(`${name}.html`) || complaints.push(request.url()));
  await page.goto(pathToFileURL(path).href);
  return page;
}

for (const name of Object.keys(PAGES)) {
  Deno.test(`the page of a ${name} keeps its policy, fits every width, and no two labels overlap`, async () => {
    const dir = await Deno.makeTempDir();
    const browser = await chromium.launch({
      executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
      args: ARGS,
    });
    try {
      const complaints: string[] = [];
      const page = await open(browser, dir, name, complaints);
      for (const width of [1280, 768, 400]) {
        await page.setViewportSize({ width, height: 900 });
        const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
        assert.ok(wide <= width, `${wide} px at ${width}`);
        assert.deepEqual(await page.evaluate<string[]>(OVERLAPS), [], `at ${width} px`);
      }
      const paper = () => page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
      const before = await paper();
      await page.locator("#theme").focus();
      await page.keyboard.press("Space");
      assert.notEqual(await paper(), before, "the other theme");
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
      await Deno.remove(dir, { recursive: true });
    }
  });
}
