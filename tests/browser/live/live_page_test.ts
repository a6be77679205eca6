/** The live page in a real browser, over a real `june-load ui` whose loads are real, on loopback. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { readResult } from "../../../lib/result/file.ts";
import { ask, barriers, launchBrowser, until } from "../browser.ts";
import { type Program, wireTo, withJuneLoad } from "./june_load.ts";

/** A page, and everything it complained of. */
interface Opened {
  page: Page;
  complaints: string[];
}

async function open(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(address);
  return { page, complaints };
}

async function withPage(test: (browser: Browser, program: Program) => Promise<void>): Promise<void> {
  await withJuneLoad(async (program) => {
    const browser = await launchBrowser();
    try {
      await test(browser, program);
    } finally {
      await browser.close();
    }
  });
}

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
/** The page's own word for where it is: form, run, done, other. */
const at = (page: Page, kind: string) => page.locator(`html[data-ready=${kind}]`).waitFor({ state: "attached" });
const widthOf = (page: Page) => ask<number>(page, "document.documentElement.scrollWidth");
async function choose(page: Page, name: string): Promise<void> {
  await page.locator("#scenario").selectOption({ label: name });
  await until(page, `document.querySelector("#why").textContent === ""`);
}

/** Changes the text as a user does: by typing into it. */
async function replaceText(page: Page, from: string, to: string): Promise<void> {
  const text = page.getByRole("textbox", { name: "The scenario as YAML" });
  await text.fill((await text.inputValue()).replace(from, to));
}

/** Every run that is written, newest last. */
async function runsIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const scenario of Deno.readDir(folder)) {
    for await (const { name } of Deno.readDir(join(folder, scenario.name))) {
      found.push(join(folder, scenario.name, name));
    }
  }
  return found.sort((a, b) => a.slice(-15).localeCompare(b.slice(-15)));
}

/** Fits on a phone, and keeps nobody out, in both themes. */
async function isFit(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await barriers(page), [], `${what}, ${colorScheme}`);
    const [paper] = [colorScheme === "dark" ? "rgb(15, 19, 23)" : "rgb(252, 252, 250)"];
    assert.equal(await ask(page, "getComputedStyle(document.documentElement).backgroundColor"), paper);
    await page.setViewportSize(colorScheme === "dark" ? { width: 400, height: 800 } : { width: 768, height: 800 });
    assert.equal(await widthOf(page), colorScheme === "dark" ? 400 : 768, `${what} scrolls sideways`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 900 });
}

Deno.test("a load from its choice to its report: a mistake corrected, users raised, paused, reloaded, stopped", () =>
  withPage(async (browser, { address, folder }) => {
    const { page, complaints } = await open(browser, address);
    await at(page, "form");
    await choose(page, "long");

    // A mistake shows at its line, says why nothing can start, and is corrected by its button.
    await replaceText(page, "think_time: 50ms-150ms", "thnk_time: 50ms-150ms");
    await page.getByText("1 mistake, in line 10").first().waitFor();
    assert.match(await page.locator("#yaml .shown > span").nth(9).innerText(), /thnk_time.*Unknown key/);
    assert.ok(await button(page, "Start").isDisabled());
    assert.equal(await page.locator("#plan-closed svg path").count() > 0, true, "the plan of before stays drawn");
    await isFit(page, "the form with a mistake");
    await button(page, /^Write .think_time/).click();
    await until(page, `document.querySelector("#why").textContent === ""`);

    // Other fields, as in Locust's form; one that cannot be read says so at its place.
    await page.getByLabel("Duration").fill("soon");
    assert.match(await page.locator("#fault-duration_ms").innerText(), /Cannot read the duration/);
    await page.getByLabel("Duration").fill("3m");
    await until(page, `document.querySelector("#why").textContent === ""`);
    await button(page, "Dry run").click();
    await page.locator(".targets .pass").first().waitFor();

    await button(page, "Start").click();
    await at(page, "run");
    await page.locator("#response-0 svg path").first().waitFor({ state: "attached" });
    await isFit(page, "the running load");

    // Three users in place of two: the page says so, and the result has them.
    await button(page, /^More: 3$/).click();
    await page.locator(".log", { hasText: "from 2 to 3 users" }).waitFor();
    await button(page, /^Pause$/).click();
    await button(page, /^Resume$/).waitFor();
    await page.reload();
    await button(page, /^Resume$/).waitFor();
    assert.match(await page.locator(".log").innerText(), /from 2 to 3 users/, "a reload loses nothing of the log");
    await until(page, `document.querySelectorAll("#load svg path").length > 3`);
    await button(page, /^Resume$/).click();
    await button(page, /^Pause$/).waitFor();
    await button(page, "Next stage").click();
    await page.locator(".prog", { hasText: "more," }).waitFor();
    await page.getByLabel("Users", { exact: true }).last().fill("6");
    await page.keyboard.press("Enter");
    await page.locator(".log", { hasText: "to 6 users" }).waitFor();

    // Figures from here on: nothing is deleted, and one click brings the whole run back.
    await page.locator("summary", { hasText: "More" }).click();
    await button(page, "Reset statistics").click();
    await button(page, "Show the whole run").click();
    await page.getByRole("tab", { name: /^Events/ }).click();
    assert.match(await page.getByRole("tabpanel").innerText(), /paused/);
    const { page: second } = await open(browser, address);
    await at(second, "run");
    assert.match(await second.locator(".log").innerText(), /to 6 users/, "another browser sees the same");

    await button(page, /^Stop/).click();
    await at(page, "done");
    await at(second, "done");
    await page.frameLocator("#report").locator("#verdict .say").waitFor();
    const [dir] = await runsIn(folder);
    const run = await readResult(dir ?? assert.fail("no run was written"));
    const asked = run.steered.map(({ change }) => change.type === "target" ? change.target : change.type);
    assert.deepEqual(asked, [3, "pause", "resume", "next_stage", 6]);
    assert.equal(run.peak_users, 6, "the new users were there");
    assert.equal(run.unaccounted, 0);
    assert.deepEqual(complaints, []);
  }));

/** Presses Tab until something named so has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const named = `((e) => e.getAttribute("aria-label") ?? e.textContent)(document.activeElement)`;
  const seen: string[] = [];
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    const now = await ask<string>(page, named);
    if (name.test(now)) return;
    seen.push(now.slice(0, 30));
  }
  assert.fail(`${name} cannot be reached by the keyboard: ${seen.join(" | ")}`);
}

/** The reading of a chart at a second of the run. */
async function readingAt(page: Page, id: string, at_s: number, span_s: number): Promise<string> {
  const plot = page.locator(`#${id} .plot`);
  const { width } = await plot.boundingBox() ?? assert.fail("no plot");
  await plot.hover({ position: { x: 56 + (width - 134) * at_s / span_s, y: 40 } });
  return await page.locator(`#${id} output`).innerText();
}

Deno.test("by the keyboard alone, and over a wire that is cut for some seconds: nothing is lost", () =>
  withPage(async (browser, { address }) => {
    const wire = wireTo(address);
    try {
      const { page, complaints } = await open(browser, wire.address);
      await at(page, "form");
      await choose(page, "long");
      await page.locator("#scenario").focus();
      await tabTo(page, /^Start$/);
      await page.keyboard.press("Enter");
      await at(page, "run");
      await until(page, `/answers/.test(document.querySelector("#load .plot")?.textContent ?? "")`);
      const { page: other } = await open(browser, address);
      await at(other, "run");
      const clock = async (one: Page) => {
        const [, minutes, seconds] = /(\d+):(\d\d) of/.exec(await one.locator(".bar .id").innerText()) ?? [];
        return 60 * Number(minutes) + Number(seconds);
      };
      const before = await clock(page);
      wire.cut();
      await page.getByText("Connection lost, trying again").waitFor();
      assert.ok(await button(page, /^Pause$/).isDisabled());
      assert.match(await page.locator("#frozen").innerText(), /no connection/);
      for (let now = before; now < before + 3; now = await clock(other)) await other.waitForTimeout(200);
      assert.ok(await page.getByText("Connection lost, trying again").isVisible());
      wire.mend();
      await page.getByText("Connection lost, trying again").waitFor({ state: "hidden" });
      for (let now = 0; now < before + 4; now = await clock(page)) await page.waitForTimeout(200);
      for (const missed_s of [before + 1.5, before + 2.5]) {
        const reading = await readingAt(page, "load", missed_s, 180);
        assert.match(reading, new RegExp(`^${Math.round(missed_s)} s · answers/s [\\d.]+ .*users 2`));
      }

      // A second start is refused in words.
      const refused = await other.request.post(`${address}api/start`, {
        headers: { "x-june-load": "1", "content-type": "application/json" },
        data: { scenario: "0-0", yaml: null },
      });
      assert.equal(refused.status(), 409);
      assert.match((await refused.json() as { message: string }).message, /under way|runs/);

      await page.locator("#load .plot").focus();
      await page.keyboard.press("Home");
      assert.match(await page.locator("#load output").innerText(), /^\d+ s? ?·?/);
      await page.locator(".tables [role=tab]").first().focus();
      await page.keyboard.press("ArrowRight");
      assert.equal(await ask(page, "document.activeElement.id"), "tab-failures");
      await page.locator(".bar .steps input").focus();
      await tabTo(page, /^More$/);
      await page.keyboard.press("Enter");
      await tabTo(page, /^Abort/);
      await page.keyboard.press("Enter");
      await at(page, "done");
      await at(other, "done");
      assert.deepEqual(
        complaints.filter((text) => !/ERR_CONNECTION|ERR_EMPTY|ERR_INCOMPLETE|ERR_SOCKET/.test(text)),
        [],
      );
    } finally {
      wire.close();
    }
  }));

/** What each form begins with. */
const BEGINNINGS: Readonly<Record<string, RegExp>> = {
  html: /^<!doctype html>/,
  json: /^[{[]/,
  ndjson: /^\{"type":"header"/,
  csv: /^[\w"]/,
  md: /^\S/,
  xml: /^<\?xml/,
  prom: /^# /,
  hlog: /^#/,
  txt: /\S/,
  png: /^.PNG/,
  svg: /^<svg/,
};

/** Downloads in a row. */
const MOST_CLICKED = 8;

async function downloadOf(page: Page, link: Locator, name: string): Promise<Uint8Array> {
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  assert.equal(download.suggestedFilename(), name);
  return await Deno.readFile(await download.path());
}

async function bodyOf(page: Page, link: Locator): Promise<Uint8Array> {
  const response = await page.request.get(new URL(await link.getAttribute("href") ?? "", page.url()).href);
  assert.equal(response.status(), 200);
  return await response.body();
}

Deno.test("every form of a run is downloaded and opens; of two runs each opens in place, and both are compared", () =>
  withPage(async (browser, { address }) => {
    const { page, complaints } = await open(browser, address);
    await at(page, "form");
    await choose(page, "short");
    await button(page, "Start").click();
    await at(page, "done");
    await page.frameLocator("#report").locator("#verdict .say").waitFor();

    await page.locator("#downloads summary").click();
    const links = page.locator("#downloads .files a");
    assert.ok(await links.count() >= 12);
    const clicked = new Set<string>();
    for (const link of await links.all()) {
      const name = await link.getAttribute("download") ?? "";
      const ending = name.slice(name.lastIndexOf(".") + 1);
      // One of some kinds as a user does it: of the eleventh download in a row Chromium asks whether it is wanted.
      const isClicked = !clicked.has(ending) && clicked.size < MOST_CLICKED;
      const bytes = isClicked ? await downloadOf(page, link, name) : await bodyOf(page, link);
      clicked.add(ending);
      const text = new TextDecoder("latin1").decode(bytes);
      assert.match(text, BEGINNINGS[ending] ?? assert.fail(`nobody knows how ${name} begins`), name);
      if (ending === "json") JSON.parse(new TextDecoder().decode(bytes));
    }
    await isFit(page, "the report in place");

    await button(page, "Run again").click();
    await at(page, "run");
    await at(page, "done");
    await page.getByRole("link", { name: "Runs" }).click();
    await page.locator(".runs tbody tr").nth(1).waitFor();
    await isFit(page, "the runs");
    for (const run of await page.locator(".runs input[type=checkbox]").all()) await run.check();
    await button(page, "Compare these two").click();
    await page.frameLocator("#report").getByText(/baseline/i).first().waitFor();
    await page.goBack();
    await page.locator(".runs tbody th a").nth(1).click();
    await page.frameLocator("#report").locator("#verdict .say").waitFor();
    await button(page, "Light / dark").click();
    await page.frameLocator("#report").locator("html[data-theme=dark]").waitFor({ state: "attached" });
    await page.getByRole("link", { name: "Edit the plan" }).click();
    await at(page, "form");
    assert.deepEqual(complaints, []);
  }));
