/** The report in a real browser with the network off; `.ci/run` runs this folder, the fast tests do not. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { allFailedRun, emptyRun, hostileRun, incompleteRun, manyOperations, usualRun } from "../report/cases.ts";
import { openRun, speechRun, spikeRun } from "../report/speech_cases.ts";
import { throttledRun } from "../report/throttled_case.ts";
import { longRunOf } from "../../bench/page.ts";
import { ask, barriers, overlaps, pagesOnPaper, until, withBrowser } from "./browser.ts";

/** Charts that are not folded away, and of how many marks each consists. */
const drawn = (page: Page) =>
  ask<Record<string, number>>(
    page,
    `Object.fromEntries([...document.querySelectorAll("figure.chart")].filter((one) => !one.closest("details:not([open])"))
      .map((one) => [one.id, one.querySelectorAll("svg path").length]))`,
  );

const paperOf = (page: Page) => ask<string>(page, "getComputedStyle(document.documentElement).backgroundColor");
const shown = (page: Page, selector: string) => page.locator(selector).filter({ visible: true }).allInnerTexts();

/** The labels of the axis of time under a chart: they change with the window. */
const timesOf = (page: Page, id: string) =>
  ask<string[]>(page, `[...document.querySelectorAll("#${id} svg text")].map((text) => text.textContent)`);

Deno.test("the report opens offline: no request, no complaint, every chart drawn, the verdict on top", () =>
  withBrowser(async (open) => {
    for (const run of [usualRun(), spikeRun(), openRun({ timeouts: 1 }), allFailedRun()]) {
      const { page, complaints, requests } = await open(run);
      assert.match(await page.locator("#verdict .say").innerText(), /^(FAIL|PASS|INVALID)\s+\S/);
      const charts = Object.entries(await drawn(page));
      assert.ok(charts.length >= 4, `${charts}`);
      for (const [id, marks] of charts) assert.ok(marks >= 3, `${id} is empty`);
      assert.deepEqual(complaints, []);
      assert.equal(requests.length, 1, `only the file itself: ${requests}`);
    }
  }));

Deno.test("nothing scrolls sideways at 400, 768, 1024 and 1280 pixels, and on a phone no column is hidden", () =>
  withBrowser(async (open) => {
    for (const run of [usualRun(), hostileRun(), speechRun({ calls_per_s: 4 }), manyOperations(60, 10)]) {
      const { page, complaints } = await open(run, { viewport: { width: 1280, height: 800 } });
      const cells = () => page.locator(".ops td").filter({ visible: true }).count();
      const all = await cells();
      for (const width of [1280, 1024, 768, 400]) {
        await page.setViewportSize({ width, height: 800 });
        assert.equal(await ask(page, "document.documentElement.scrollWidth"), width);
      }
      assert.equal(await cells(), all);
      const cell = 'document.querySelector(".ops tbody td")';
      const label = await ask<string>(page, `${cell}.dataset.l`);
      const shown = await ask(page, `getComputedStyle(${cell}, "::before").content`);
      assert.deepEqual([label !== "", shown], [true, JSON.stringify(label)], "a card names its figures");
      assert.deepEqual(complaints, []);
    }
  }));

Deno.test("a wide window shows side by side what is read together, a narrow one below each other", () =>
  withBrowser(async (open) => {
    const { page } = await open(usualRun());
    const beside = async (one: string, other: string) => {
      const [a, b] = [await page.locator(one).first().boundingBox(), await page.locator(other).first().boundingBox()];
      return a !== null && b !== null && a.x + a.width <= b.x && a.y < b.y + b.height && b.y < a.y + a.height;
    };
    const pairs = [[".objectives", ".kinds"], [".told", "#charts"], ["#response-0", "#load"]] as const;
    for (const [one, other] of pairs) assert.ok(await beside(one, other), `${one} ${other}`);
    await page.setViewportSize({ width: 400, height: 800 });
    for (const [one, other] of pairs) assert.ok(!await beside(one, other), `${one} ${other}`);
  }));

Deno.test("the theme follows the system until the button is used, and the charts with it", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(usualRun(), { colorScheme: "dark" });
    const line = () => page.locator('#response-0 svg path[fill-opacity="0.22"]').first().getAttribute("fill");
    assert.deepEqual([await paperOf(page), await line()], ["rgb(15, 19, 23)", "#6db3ea"]);
    await page.emulateMedia({ colorScheme: "light" });
    assert.deepEqual([await paperOf(page), await line()], ["rgb(252, 252, 250)", "#1f6fb2"]);
    await page.locator("#theme").click();
    assert.deepEqual([await paperOf(page), await line()], ["rgb(15, 19, 23)", "#6db3ea"]);
    assert.deepEqual(complaints, []);
  }));

Deno.test("contents and links lead into the page: sections, findings, operations", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(usualRun());
    for (const link of await page.locator(".bar nav a").all()) {
      await link.click();
      const id = (await link.getAttribute("href") ?? "").slice(1);
      const box = `document.getElementById("${id}").getBoundingClientRect()`;
      await until(page, `${box}.top < innerHeight && ${box}.bottom > 0`);
    }
    assert.equal(await page.locator("details.drill .draw svg").count(), 0, "what is folded away is not drawn");
    await page.locator('a.op[href="#op-llm.chat_stream"]').first().click();
    const fold = page.locator('[id="op-llm.chat_stream"]');
    await until(page, 'document.querySelectorAll("#operation-0-calls svg path").length > 50');
    assert.equal(await fold.getAttribute("open"), "");
    const linked = await open(usualRun(), {}, "#op-tts.synthesize");
    assert.equal(await linked.page.locator('[id="op-tts.synthesize"]').getAttribute("open"), "");
    assert.deepEqual([...complaints, ...linked.complaints], []);
  }));

Deno.test("a finding lights its place in the charts, and shows it alone when it is chosen", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(usualRun());
    const found = page.locator(".finds li", { hasText: "is over its limit" });
    const before = await timesOf(page, "host-cpu");
    await found.hover();
    assert.ok(await page.locator("#load .lit").isVisible());
    assert.equal(await page.locator("#show-all").isVisible(), false);
    await found.locator("a").click();
    await page.locator("#show-all").waitFor();
    assert.notDeepEqual(await timesOf(page, "host-cpu"), before);
    assert.match(await ask(page, "location.hash"), /^#finding-\d+$/);
    await page.locator("#show-all").click();
    assert.deepEqual(await timesOf(page, "host-cpu"), before);
    const id = await found.getAttribute("id");
    const linked = await open(usualRun(), {}, `#${id}`);
    assert.ok(await linked.page.locator("#show-all").isVisible(), "a link to a finding shows it");
    assert.deepEqual([...complaints, ...linked.complaints], []);
  }));

Deno.test("the cursor is one for all charts over time; a drag zooms them all, Escape shows all again", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(usualRun());
    const plot = page.locator("#response-0 .plot");
    await plot.hover({ position: { x: 200, y: 40 } });
    const readings = await Promise.all(
      ["response-0", "load", "gpu-power"].map((id) => page.locator(`#${id} output`).innerText()),
    );
    assert.match(readings[0] ?? "", /^\d+ s · P95 [\d.]+ m?s · P50 [\d.]+ m?s$/);
    assert.equal(new Set(readings.map((text) => text.split(" · ")[0])).size, 1, `one instant: ${readings}`);
    const before = await timesOf(page, "host-cpu");
    const box = await plot.boundingBox() ?? assert.fail("no plot");
    await page.mouse.move(box.x + 120, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 200, box.y + 40, { steps: 3 });
    assert.ok(await page.locator("#response-0 .brush").isVisible());
    await page.mouse.up();
    assert.notDeepEqual(await timesOf(page, "host-cpu"), before);
    await plot.focus();
    await page.keyboard.press("Escape");
    assert.deepEqual(await timesOf(page, "host-cpu"), before);
    await page.mouse.move(5, 5);
    assert.doesNotMatch(await page.locator("#load output").innerText(), /·/);
    assert.deepEqual(complaints, []);
  }));

Deno.test("a throttled GPU is marked on every chart over time, and named under the stages; choosing it shows it alone", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(throttledRun({ paused: true }));
    const areas = (id: string) => page.locator(`#${id} svg path[fill-opacity="0.13"], #${id} svg path[opacity="0.13"]`);
    // GPU 1 and the pause.
    for (const id of ["response-0", "response-1", "load", "gpu-power", "gpu-clock"]) {
      assert.equal(await areas(id).count(), 2, id);
    }
    assert.deepEqual(await shown(page, ".lane .words"), ["GPU 1 at its power limit", "load paused"]);
    assert.match(
      (await shown(page, ".finds .words")).join("\n"),
      /GPU 1: SM clock 1,973 MHz → 1,215 MHz, power cap active/,
    );
    assert.deepEqual(await overlaps(page), []);
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: 900 });
      assert.equal(await ask(page, "document.documentElement.scrollWidth"), width);
    }
    const whole = await timesOf(page, "response-1");
    await page.locator(".lane .words").first().click();
    await until(page, '!document.getElementById("show-all").hidden');
    assert.deepEqual(await shown(page, ".lane .words"), ["GPU 1 at its power limit", "load paused"]);
    assert.notDeepEqual(await timesOf(page, "response-1"), whole);
    assert.deepEqual(complaints, []);
  }));

Deno.test("tables sort by their heads, filter, and copy as CSV", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(manyOperations(12, 10), {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const table = page.locator('.scroll[aria-labelledby="operations"] table');
    const firsts = () => table.locator("tbody th").filter({ visible: true }).allInnerTexts();
    const started = await firsts();
    await table.getByRole("button", { name: "P95" }).first().click();
    const falling = await firsts();
    assert.deepEqual(falling.slice(0, 3), ["op.11", "op.10", "op.09"]);
    assert.equal(falling.at(-1), "All", "the row of all stays last");
    await table.getByRole("button", { name: "P95" }).first().click();
    assert.deepEqual((await firsts()).slice(0, 3), started.slice(0, 3));
    assert.equal(await table.locator("th[aria-sort]").getAttribute("aria-sort"), "ascending");
    await page.getByRole("searchbox", { name: "Filter the rows" }).first().fill("op.0");
    assert.equal((await firsts()).length, 10);
    const tools = page.locator(".tools").first();
    await tools.getByRole("button", { name: "Copy as CSV" }).click();
    await tools.getByRole("button", { name: "Copied" }).waitFor();
    const csv = await ask<string>(page, "navigator.clipboard.readText()");
    assert.match(csv, /^Operation,Calls,/);
    assert.match(csv, /\r\nop\.00,10,/);
    assert.equal(csv.trimEnd().split("\r\n").length, 11);
    assert.deepEqual(complaints, []);
  }));

Deno.test("search hides what does not have the words; the keyboard goes there, to the first place, and back", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(usualRun());
    const rows = () => shown(page, '.scroll[aria-labelledby="operations"] tbody tr');
    const all = (await rows()).length;
    await page.keyboard.press("/");
    assert.equal(await ask(page, "document.activeElement.id"), "find");
    await page.keyboard.type("tts.synth");
    assert.equal((await rows()).length, 1);
    assert.match(await page.locator("#found").innerText(), /^\d+ of \d+ rows$/);
    await page.keyboard.press("Enter");
    assert.match(await ask(page, "document.activeElement.textContent"), /tts/);
    await page.locator("#find").press("Escape");
    assert.equal((await rows()).length, all);
    assert.deepEqual(complaints, []);
  }));

Deno.test("everything can be reached and worked by the keyboard alone", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(usualRun());
    const seen: string[] = [];
    const active = () =>
      ask<string>(
        page,
        `((e) => e.id || e.closest("figure")?.id || e.getAttribute("href") || e.textContent)(document.activeElement)`,
      );
    for (let i = 0; i < 200; i++) {
      await page.keyboard.press("Tab");
      const now = await active();
      if (seen.length > 1 && now === seen[0]) break;
      seen.push(now);
    }
    for (const place of ["#verdict", "#what", "find", "theme", "#finding-1", "response-0", "load", "save-json"]) {
      assert.ok(seen.includes(place), `${place} of ${seen.join(" ")}`);
    }
    await page.locator("#load .plot").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    assert.match(await page.locator("#load output").innerText(), /answers\/s/);
    const before = await timesOf(page, "host-cpu");
    await page.keyboard.press("+");
    assert.notDeepEqual(await timesOf(page, "host-cpu"), before);
    await page.keyboard.press("Escape");
    assert.deepEqual(await timesOf(page, "host-cpu"), before);
    const summary = page.locator("details.drill summary").first();
    await summary.focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("details.drill").first().getAttribute("open"), "");
    assert.deepEqual(complaints, []);
  }));

Deno.test("the page hands out its data as JSON and as CSV", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(usualRun());
    const save = async (id: string) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`#${id}`).click()]);
      return { name: download.suggestedFilename(), text: await Deno.readTextFile(await download.path()) };
    };
    const json = await save("save-json");
    assert.match(json.name, /^june_load_sample_2026-11-23\w+\.json$/);
    const { run, operations, lines, objectives } = JSON.parse(json.text);
    assert.equal(run.status, "FAIL");
    assert.equal(objectives.length, 4);
    assert.deepEqual(operations.map(({ calls }: { calls: number }) => calls).length, 3);
    const csv = await save("save-csv");
    assert.match(csv.text, /^line,unit,position,value\r\nllm\.chat_stream P95,duration_ms,[\d.]+,[\d.]+\r\n/);
    assert.ok(csv.text.split("\r\n").length > Object.keys(lines).length);
    assert.deepEqual(complaints, []);
  }));

Deno.test("no label of a chart covers another or leaves its chart, wide and narrow, zoomed and opened", () =>
  withBrowser(async (open) => {
    for (const run of [usualRun(), speechRun({ calls_per_s: 4 }), spikeRun(), openRun({ timeouts: 1 })]) {
      const { page } = await open(run);
      await ask(page, 'document.querySelectorAll("details.drill").forEach((fold) => fold.open = true)');
      await until(
        page,
        '[...document.querySelectorAll("details.drill")].every((fold) => fold.querySelector("svg text"))',
      );
      for (const width of [1280, 768, 400]) {
        await page.setViewportSize({ width, height: 800 });
        await ask(page, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
        assert.deepEqual(await overlaps(page), [], `${run.plan.scenario} at ${width}`);
      }
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.locator("#load .plot").focus();
      await page.keyboard.press("+");
      assert.deepEqual(await overlaps(page), [], `${run.plan.scenario}, zoomed`);
    }
  }));

Deno.test("a run of four hours opens, keeps its labels apart and fits on six sheets", () =>
  withBrowser(async (open) => {
    const { page, complaints } = await open(longRunOf(4, 14_400));
    assert.equal(await page.locator("details.drill").count(), 4);
    const charts = Object.entries(await drawn(page));
    assert.ok(charts.length >= 8 && charts.length <= 20, "what is folded away is not drawn");
    for (const [id, marks] of charts) assert.ok(marks >= 3, `${id} is empty`);
    const numbers = `[...document.querySelectorAll(".strip .no")].map((one) => one.getBoundingClientRect().left)`;
    for (const width of [1280, 768, 400]) {
      await page.setViewportSize({ width, height: 800 });
      await ask(page, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
      assert.deepEqual(await overlaps(page), [], `at ${width}`);
      const lefts = (await ask<number[]>(page, numbers)).sort((a, b) => a - b);
      for (let i = 1; i < lefts.length; i++) assert.ok(lefts[i]! - lefts[i - 1]! > 12, `numbers at ${width}: ${lefts}`);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    const sheets = await pagesOnPaper(page);
    assert.ok(sheets <= 6, `${sheets} pages`);
    assert.deepEqual(complaints, []);
  }));

Deno.test("axe-core has no serious finding in light and dark, opened and on a phone", () =>
  withBrowser(async (open) => {
    const { page } = await open(usualRun(), { colorScheme: "light" });
    await ask(page, 'document.querySelectorAll("details").forEach((fold) => fold.open = true)');
    assert.deepEqual(await barriers(page), [], "light, all unfolded");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 400, height: 800 });
    assert.deepEqual(await barriers(page), [], "dark, on a phone");
  }));

Deno.test("hostile text stays text in the browser", () =>
  withBrowser(async (open) => {
    const { page, complaints, requests } = await open(hostileRun());
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.locator("script").count(), 3);
    for (const plot of await page.locator("figure .plot").filter({ visible: true }).all()) {
      await plot.hover({ position: { x: 200, y: 30 } });
    }
    for (const link of await page.locator(".finds a").filter({ visible: true }).all()) await link.click();
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

Deno.test("on paper the page is light, at most six pages, and as before afterwards", () =>
  withBrowser(async (open) => {
    for (const run of [usualRun(), speechRun({ calls_per_s: 4 })]) {
      const { page, complaints } = await open(run, { colorScheme: "dark" });
      const state = () =>
        ask(
          page,
          `({
            light: document.documentElement.classList.contains("on-paper"),
            width: document.querySelector("#load svg").clientWidth,
            colour: document.querySelector("#load svg text").getAttribute("fill"),
          })`,
        );
      const screen = await state();
      await ask(page, 'dispatchEvent(new Event("beforeprint"))');
      const paper = await state() as { light: boolean; colour: string };
      assert.deepEqual([paper.light, paper.colour], [true, "#646d77"]);
      await ask(page, 'dispatchEvent(new Event("afterprint"))');
      assert.deepEqual(await state(), screen);
      const pages = await pagesOnPaper(page);
      assert.ok(pages >= 2 && pages <= 6, `${pages} pages of ${run.plan.scenario}`);
      assert.deepEqual(complaints, []);
    }
  }));
