/** The pages of a comparison and of a history in a real browser with the network off; see report_browser_test.ts. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { compareSides } from "../../lib/compare/compare.ts";
import { holdGates, parseGate } from "../../lib/compare/gate.ts";
import { historyOf, pastRun } from "../../lib/compare/history.ts";
import { renderHistoryPage } from "../../lib/report/compare/history_page.ts";
import { renderComparisonPage } from "../../lib/report/compare/page.ts";
import { sideOf } from "../compare/sides.ts";
import { simulatedRun } from "../compare/simulated.ts";
import { sortKeyOf } from "../../lib/report/html/page/sort_key.ts";
import { ask, barriers, overlaps, pagesOnPaper, until, withBrowser } from "./browser.ts";

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

/** Labels of the axes over dumbbells that cover each other. */
const CROWDED = `[...document.querySelectorAll("thead .bell svg")].flatMap((svg) => {
  const boxes = [...svg.querySelectorAll("text")].map((text) => text.getBoundingClientRect());
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => a.left < b.right - 1 && b.left < a.right - 1)).map(() => "axis");
})`;

const widthOf = (page: Page) => ask<number>(page, "document.documentElement.scrollWidth");

for (const [name, html] of Object.entries(PAGES)) {
  Deno.test(`the page of a ${name} is offline, draws every chart, and no label covers another at any width`, () =>
    withBrowser(async (open) => {
      const { page, complaints, requests } = await open(html);
      const empty = await ask<string[]>(
        page,
        `[...document.querySelectorAll("figure.chart")].filter((one) => !one.closest("details:not([open])") &&
          one.querySelectorAll("svg path").length < 3).map(({ id }) => id)`,
      );
      assert.deepEqual(empty, []);
      assert.ok(await page.locator("figure.chart svg").count() >= 6);
      await ask(page, 'document.querySelectorAll("details").forEach((fold) => fold.open = true)');
      for (const width of [1280, 768, 400]) {
        await page.setViewportSize({ width, height: 900 });
        await ask(page, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
        assert.equal(await widthOf(page), width);
        assert.deepEqual([...await overlaps(page), ...await ask<string[]>(page, CROWDED)], [], `at ${width} px`);
      }
      const cell = 'document.querySelector("table.ops tbody td")';
      const label = await ask<string>(page, `${cell}.dataset.l`);
      const shown = await ask(page, `getComputedStyle(${cell}, "::before").content`);
      assert.deepEqual([label !== "", shown], [true, JSON.stringify(label)], "on a phone a card names its figures");
      assert.deepEqual(complaints, []);
      assert.equal(requests.length, 1);
    }));

  Deno.test(`the page of a ${name} has contents, one cursor, and works by the keyboard`, () =>
    withBrowser(async (open) => {
      // Scrolled at once: a click in the middle of a smooth scroll may stop it.
      const { page, complaints } = await open(html, { reducedMotion: "reduce" });
      for (const link of await page.locator(".bar nav a").all()) {
        await link.click();
        const id = (await link.getAttribute("href") ?? "").slice(1);
        const box = `document.getElementById("${id}").getBoundingClientRect()`;
        await until(page, `${box}.top < innerHeight && ${box}.bottom > 0`);
      }
      const plots = name === "history" ? "history-" : "time-";
      const places = await ask<string[]>(
        page,
        `[...document.querySelectorAll('figure[id^="${plots}"]')].slice(0, 2).map(({ id }) => id)`,
      );
      assert.equal(places.length, 2);
      await page.locator(`#${places[0]} .plot`).focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Shift+ArrowRight");
      const readings = await Promise.all(places.map((id) => page.locator(`#${id} output`).innerText()));
      assert.equal(new Set(readings.map((text) => text.split(" · ")[0])).size, 1, `${readings}`);
      assert.match(readings[0] ?? "", /·/);
      await page.keyboard.press("/");
      assert.equal(await ask(page, "document.activeElement.id"), "find");
      await page.keyboard.type(name === "history" ? "2026-11-03" : "tts.synth");
      assert.match(await page.locator("#found").innerText(), /^[1-9]\d* of \d+ rows$/);
      await page.keyboard.press("Escape");
      const paper = () => ask<string>(page, "getComputedStyle(document.documentElement).backgroundColor");
      const before = await paper();
      await page.locator("#theme").focus();
      await page.keyboard.press("Enter");
      assert.notEqual(await paper(), before, "the other theme");
      assert.deepEqual(complaints, []);
    }));

  Deno.test(`the tables of a ${name} sort, filter and copy as CSV; on paper it has at most six pages`, () =>
    withBrowser(async (open) => {
      const { page, complaints } = await open(html, { permissions: ["clipboard-read", "clipboard-write"] });
      const table = page.locator("table.ops").first();
      const column = name === "history" ? "Calls" : "Baseline";
      const cells = () => table.locator("tbody tr").filter({ visible: true }).count();
      const values = async () => {
        const at = await ask<number>(
          page,
          `[...document.querySelector("table.ops").querySelectorAll("thead th")].findIndex((one) => one.textContent === "${column}")`,
        );
        return await table.locator(`tbody tr > :nth-child(${at + 1})`).allInnerTexts();
      };
      const keys = async () => (await values()).map(sortKeyOf).filter((key) => typeof key === "number");
      await table.getByRole("button", { name: column }).click();
      const falling = await keys();
      assert.deepEqual(falling, falling.toSorted((a, b) => b - a));
      await table.getByRole("button", { name: column }).click();
      assert.deepEqual(await keys(), falling.toReversed());
      const all = await cells();
      const wanted = name === "history" ? "2026-11-03" : "tts.synthesize";
      await page.getByRole("searchbox", { name: "Filter the rows" }).first().fill(wanted);
      const left = await cells();
      assert.ok(left > 0 && left < all);
      const tools = page.locator(".tools").first();
      await tools.getByRole("button", { name: "Copy as CSV" }).click();
      await tools.getByRole("button", { name: "Copied" }).waitFor();
      const csv = await ask<string>(page, "navigator.clipboard.readText()");
      assert.equal(csv.trimEnd().split("\r\n").length, left + 1);
      const sheets = await pagesOnPaper(page);
      assert.ok(sheets >= 1 && sheets <= 6, `${sheets} pages`);
      assert.deepEqual(complaints, []);
    }));

  Deno.test(`axe-core has no serious finding on the page of a ${name}, in light, dark and on a phone`, () =>
    withBrowser(async (open) => {
      const { page } = await open(html, { colorScheme: "light" });
      await ask(page, 'document.querySelectorAll("details").forEach((fold) => fold.open = true)');
      assert.deepEqual(await barriers(page), [], "light");
      await page.emulateMedia({ colorScheme: "dark" });
      await page.setViewportSize({ width: 400, height: 800 });
      assert.deepEqual(await barriers(page), [], "dark, on a phone");
    }));
}
