/** The live page before hostile servers, in a real browser: what they say is read as text, and nothing of it runs. */
import assert from "node:assert/strict";
import type { Frame, Page } from "playwright-core";
import { MARK, scenarioFor, withHostileServers } from "../../live/hostile_servers.ts";
import { launchBrowser } from "../browser.ts";
import { withJuneLoad } from "./june_load.ts";

/** What a page and its frames did that no text may make them do. */
function watch(page: Page, address: string): string[] {
  const done: string[] = [];
  // Also what a policy refused: that something tried is a hole, too.
  page.on("console", (message) => done.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => done.push(`error: ${error}`));
  page.on("dialog", (dialog) => {
    done.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("popup", (other) => done.push(`window: ${other.url()}`));
  page.on("request", (request) => {
    const url = request.url();
    if (url.includes(MARK) || !(url.startsWith(address) || /^(data|blob):/.test(url))) done.push(`request: ${url}`);
  });
  return done;
}

/** What the servers' words would have become, had they been taken for markup; and letters that turn lines around. */
const GROWN = `[...document.querySelectorAll("*")].filter((one) =>
  [...one.attributes].some(({ name, value }) => /^on/.test(name) || (/^(href|src)$/.test(name) && /^\\s*javascript:/i.test(value))) ||
  (one.localName === "img" && !one.src.startsWith("data:"))).map((one) => one.outerHTML.slice(0, 200))
  .concat(/[\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText + document.title)
    ? ["control characters: " + document.title] : [])`;

/** The place is a page of text: shown as it was written, and no wider than the window. */
async function isText(page: Page | Frame, what: string, words = /<img src=\/pwned/): Promise<void> {
  await page.getByText(words).first().waitFor({ state: "attached" });
  assert.deepEqual(await page.evaluate<string[]>(GROWN), [], what);
  const room = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  assert.ok(room <= 0, `${what} scrolls sideways by ${room}`);
}

async function frameOf(page: Page): Promise<Frame> {
  const frame = await (await page.locator("iframe#report").elementHandle())?.contentFrame() ?? assert.fail("no report");
  await frame.locator("html[data-ready]").waitFor({ state: "attached" });
  return frame;
}

const at = (page: Page, kind: string) => page.locator(`html[data-ready=${kind}]`).waitFor({ state: "attached" });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

Deno.test("words of hostile servers are text on every page: before, while it runs, in the report, in history and comparison", () =>
  withHostileServers((hostile) =>
    withJuneLoad(async ({ address }) => {
      const browser = await launchBrowser();
      try {
        const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
        page.setDefaultTimeout(120_000);
        const done = watch(page, address);
        await page.goto(address);
        await at(page, "form");
        await button(page, "Check the targets").click();
        await page.locator(".targets .pass").first().waitFor();
        await isText(page, "the targets", /named <img src=\/pwned/);

        await button(page, "Start").click();
        await at(page, "run");
        for (const tab of [/^Failures/, /^Services/, /^Events/, /^Operations/]) {
          await page.getByRole("tab", { name: tab }).click();
          if (/Failures/.test(String(tab))) await isText(page, "the failures");
        }
        await page.setViewportSize({ width: 400, height: 800 });
        await page.getByRole("tab", { name: /^Failures/ }).click();
        await isText(page, "the failures on a phone");
        await page.setViewportSize({ width: 1280, height: 900 });
        await button(page, /^Stop/).click();
        await at(page, "done");
        const report = await frameOf(page);
        await isText(report, "the report");
        // What is folded away is drawn when it is opened.
        await report.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
        await isText(report, "the report, all of it open", /heard <img src=\/pwned/);

        await button(page, "Run again").click();
        await at(page, "run");
        await page.getByRole("tab", { name: /^Failures/ }).click();
        await isText(page, "the failures of the second run");
        await button(page, /^Stop/).click();
        await at(page, "done");
        await page.getByRole("link", { name: "Runs" }).click();
        await page.locator(".runs tbody tr").nth(1).waitFor();
        await isText(page, "the history", /hostile/);
        for (const run of await page.locator(".runs input[type=checkbox]").all()) await run.check();
        await button(page, "Compare these two").click();
        const comparison = await frameOf(page);
        await isText(comparison, "the comparison", /hostile/);
        assert.deepEqual(done, []);
      } finally {
        await browser.close();
      }
    }, { scenarios: scenarioFor(hostile, "30s"), sim: false })
  ));
