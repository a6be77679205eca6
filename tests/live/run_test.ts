/** A run from the page: started, watched by several, steered, stopped, and read afterwards. */
import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import type { HistoryEntry, LogLine, Seconds } from "../../lib/ui/web/api.ts";
import { inFolder, runFolder } from "../end_to_end/cli.ts";
import { type Heard, listen } from "./listener.ts";
import { type OpenPage, withPage } from "./open_page.ts";

const SCENARIO = `services: { grpc: { llm: {} } }
scenarios:
  short: { users: 2, spawn_rate: 50, duration: 30s, grace: 2s, think_time: 50ms, workers: 1, tasks: { llm.chat: 1 } }
`;

const isSecond = ({ kind }: Heard) => kind === "seconds";
const secondsOf = (heard: readonly Heard[]): Seconds[] => heard.filter(isSecond).map(({ data }) => data);

/** A page over that scenario, whose runs go to a folder of their own. */
async function withScenario(use: (page: OpenPage, dir: string) => Promise<void>): Promise<void> {
  await inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/short.yaml`, SCENARIO);
    const flags = { sim: true, outputDir: `${dir}/reports`, format: "json" };
    await withPage({ named: [`${dir}/short.yaml`], flags }, (page) => use(page, dir));
  });
}

const START = { scenario: "0-0", yaml: null };

Deno.test("a run is started, watched by two, steered, stopped, listed and downloaded", () =>
  withScenario(async (page, dir) => {
    const first = await listen(page.port);
    const begun = await page.post("/api/start", START);
    assert.equal(begun.status, 202);
    const again = await page.post("/api/start", START);
    assert.equal(again.status, 409);
    assert.match(again.body.message, /A run of "short" is under way: stop it first/);

    // One stream is cut off after its first second, and goes on where it was.
    await first.until(isSecond);
    const last = first.last();
    await first.close();
    const second = await listen(page.port);
    const whole = await second.until(({ kind, data }) => kind === "seconds" && data.whole);
    assert.deepEqual([whole.data.run, whole.data.at_s[0]], [begun.body.run, 0.5]);
    const steered = await page.post("/api/steer", { type: "target", load: null, target: 5 });
    assert.deepEqual([steered.status, steered.body.event.kind], [200, "steered"]);
    await second.until(({ kind, data }) => kind === "seconds" && data.view.users === 5);
    const back = await listen(page.port, last);
    await back.until(({ kind, data }) => kind === "seconds" && data.view.users === 5);
    const seen = [...secondsOf(first.heard), ...secondsOf(back.heard)].filter(({ whole }) => !whole);
    const at = seen.flatMap(({ at_s }) => at_s);
    assert.deepEqual(at, at.map((_, i) => i + 0.5), "no second is missing, and none comes twice");
    const ids = [...first.heard, ...back.heard].map(({ id }) => Number(id?.split(".")[1]));
    assert.deepEqual(ids, ids.toSorted((a, b) => a - b));
    assert.ok(back.heard.some(({ kind, data }) => kind === "log" && (data as LogLine).tone === "steer"));

    const { run } = await page.until(({ run }) => (run?.steered.length ?? 0) > 0);
    assert.deepEqual(run?.plan.loads[0]?.points.at(-1), [30, 5], "the plan is drawn as it is now");
    assert.equal((await page.post("/api/steer", { type: "scale", factor: 1e9 })).status, 409);

    // The pages close: the run goes on.
    await second.close();
    await back.close();
    assert.equal(page.board.state.phase, "running");
    const busy: HistoryEntry[] = await (await page.get("/api/history")).json();
    assert.deepEqual(busy.map(({ id, report }) => [id, report]), [[begun.body.run, null]]);
    assert.equal((await page.post("/api/stop", null)).status, 202);
    const done = await page.until(({ phase }) => phase === "done");
    assert.deepEqual([done.failure, done.run?.id, done.run?.exit_code], [null, begun.body.run, 5]);
    await checkSaved(page, dir, begun.body.run);
  }));

async function checkSaved(page: OpenPage, dir: string, id: string): Promise<void> {
  const [entry, ...others]: HistoryEntry[] = await (await page.get("/api/history")).json();
  assert.deepEqual(others, []);
  assert.deepEqual([entry?.id, entry?.scenario, entry?.status], [id, "short", "INVALID"]);
  assert.match(entry?.sentence ?? "", /stopped/);
  for (const { href, file } of entry?.report?.forms ?? []) {
    const response = await page.get(href);
    assert.equal(response.status, 200, href);
    const bytes = await response.bytes();
    assert.ok(bytes.length > 0 || file.includes("failures") || file.includes("exceptions"), `${file} is empty`);
    if (file !== "report.html") assert.match(response.headers.get("content-disposition") ?? "", /^attachment/, file);
  }
  const files = entry?.report?.forms.map(({ file }) => file) ?? [];
  for (
    const wanted of [
      "report.html",
      "report.json",
      "report.md",
      "junit.xml",
      "metrics.prom",
      "times.hlog",
      "result.ndjson",
    ]
  ) {
    assert.ok(files.includes(wanted), wanted);
  }
  assert.ok(files.includes("analysis_summary.txt") && files.some((file) => file.endsWith(".png")), files.join());
  const report = await page.get(`/reports/${id}/report.html`);
  assert.match(await report.text(), /^<!doctype html>/);
  const policy = report.headers.get("content-security-policy") ?? "";
  assert.match(policy, /script-src 'sha256-.*frame-ancestors 'self'; sandbox/);
  assert.doesNotMatch(policy, /allow-same-origin|unsafe/);
  const compared = await page.get(`/compare?base=${id}&new=${id}`);
  assert.equal(compared.status, 200);
  assert.match(await compared.text(), /^<!doctype html>/);
  assert.equal((await page.get("/compare?base=x&new=y")).status, 404);
  const run = await readResult(await runFolder(`${dir}/reports`, "short"));
  assert.ok(run.peak_users === 5 && run.end?.reason === "stopped");
}

Deno.test("a start that comes to no run says why, and the next one may try", () =>
  inFolder(async (dir) => {
    const yaml = SCENARIO.replace("llm: {}", 'llm: { host: "127.0.0.1:1" }');
    await Deno.writeTextFile(`${dir}/short.yaml`, yaml);
    await withPage({ named: [`${dir}/short.yaml`], flags: { outputDir: `${dir}/reports` } }, async (page) => {
      assert.equal((await page.post("/api/start", START)).status, 202);
      const { failure, phase, run } = await page.until(({ failure }) => failure !== null);
      assert.match(failure ?? "", /^Cannot start: 1 of 1 services is not ready/);
      assert.deepEqual([phase, run], ["before", null]);
      const check = await page.post("/api/check", START);
      assert.deepEqual(check.body.services.map(({ state }: { state: string }) => state), ["unreachable"]);
      for (const command of ["/api/stop", "/api/abort"]) assert.equal((await page.post(command, {})).status, 409);
      assert.equal((await page.post("/api/steer", { type: "pause" })).status, 409);
      assert.equal((await page.post("/api/start", START)).status, 202);
      await page.until(({ failure }) => failure !== null);
    });
  }));
