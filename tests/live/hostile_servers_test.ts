/** What hostile servers say, from their sockets to the page's events and the terminal: text, of one line, and no more than a line. */
import assert from "node:assert/strict";
import { MAX_SERVICE_KEY } from "../../lib/measure/service_series.ts";
import { readResult } from "../../lib/result/file.ts";
import type { Run } from "../../lib/result/run.ts";
import { renderLive } from "../../lib/ui/terminal/live.ts";
import { renderProgressLine } from "../../lib/ui/terminal/progress_lines.ts";
import { lineWidth, paint } from "../../lib/ui/terminal/style.ts";
import { renderSummary } from "../../lib/ui/terminal/summary.ts";
import { liveView } from "../../lib/ui/views/live_view.ts";
import { summaryView } from "../../lib/ui/views/summary_view.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { inFolder, runFolder } from "../end_to_end/cli.ts";
import { scenarioFor, withHostileServers } from "./hostile_servers.ts";
import { type Heard, listen } from "./listener.ts";
import { type OpenPage, withPage } from "./open_page.ts";

const START = { scenario: "0-0", yaml: null };
/** Longest text of a server that may go to the page; an example of a failure has 500 characters. */
const LONGEST = 1000;
/** Largest event: a second with every kind of failure. */
const LARGEST = 200_000;

/** All texts in a value, but the plan, which is the user's own. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => key === "plan" ? [] : textsIn(inside));
}

// deno-lint-ignore no-control-regex -- these are what must not be there
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

function checkEvents(heard: readonly Heard[]): void {
  for (const { kind, data } of heard) {
    assert.ok(JSON.stringify(data).length < LARGEST, `${kind}: ${JSON.stringify(data).length} characters`);
    for (const text of textsIn(data)) assert.ok(text.length <= LONGEST, `${kind}: ${text.slice(0, 200)}`);
  }
  const all = JSON.stringify(heard.map(({ data }) => data));
  for (const place of ["fault", "details", "body", "reason", "retry"]) {
    assert.match(all, new RegExp(`${place} <img src=/pwned`), `nothing came of ${place}`);
  }
}

function checkTerminal(run: Run, told: readonly string[]): void {
  const view = liveView(run, evaluate(run), run.elapsed_ms, false, { details: true });
  const outcome = { report_path: "report.html", exit_code: 0, exit_meaning: "", advice: [] };
  const summary = summaryView(run, evaluate(run), outcome);
  let shown = "";
  for (const space of [{ columns: 80, rows: 24 }, { columns: 40, rows: 60 }]) {
    const overview = { keys: true, details: true, help: false, message: "" };
    const { body, keys } = renderLive(view, space, overview);
    const lines = [...body, ...keys, ...renderSummary(summary, space)];
    for (const line of lines) {
      const plain = paint(line, "none");
      assert.doesNotMatch(plain, UNSEEN);
      assert.ok(lineWidth(line) <= space.columns, plain);
      // In colour the only escapes are those of colours.
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(paint(line, "truecolor").replaceAll(/\x1b\[[\d;]*m/g, ""), UNSEEN);
      shown += `${plain}\n`;
    }
  }
  assert.match(shown, /<img src=/, "it is shown as it was written");
  assert.doesNotMatch(paint(renderProgressLine(view), "none"), UNSEEN);
  for (const text of told) assert.doesNotMatch(text, UNSEEN);
}

async function checkTargets(page: OpenPage): Promise<void> {
  const { body } = await page.post("/api/check", START);
  for (const text of textsIn(body)) assert.ok(text.length <= LONGEST, text.slice(0, 200));
  const texts = JSON.stringify(body);
  for (const place of ["named", "model"]) assert.match(texts, new RegExp(`${place} <img src=/pwned`), place);
}

Deno.test("the words of hostile servers reach page and terminal as short text without control", () =>
  withHostileServers((hostile) =>
    inFolder(async (dir) => {
      await Deno.writeTextFile(`${dir}/hostile.yaml`, scenarioFor(hostile, "2s"));
      const flags = { outputDir: `${dir}/reports`, format: "json" };
      await withPage({ named: [`${dir}/hostile.yaml`], flags }, async (page) => {
        await checkTargets(page);
        const listener = await listen(page.port);
        assert.equal((await page.post("/api/start", START)).status, 202);
        await page.until(({ phase }) => phase === "done");
        await listener.close();
        checkEvents(listener.heard);
        const run = await readResult(await runFolder(`${dir}/reports`, "hostile"));
        assert.equal(run.unaccounted, 0);
        assert.ok(run.transcripts.some(({ heard }) => heard.includes("<img")), "speech was heard");
        checkTerminal(run, page.told);
        const keys = [...run.service].flatMap(({ values }) => Object.keys(values));
        assert.ok(keys.some((key) => key.includes("label <img")), "a page of metrics was read");
        for (const key of keys) assert.ok(key.length <= MAX_SERVICE_KEY && !UNSEEN.test(key), key);
        const history = await (await page.get("/api/history")).json();
        for (const text of textsIn(history)) assert.ok(text.length <= LONGEST, text.slice(0, 200));
      });
    })
  ));
