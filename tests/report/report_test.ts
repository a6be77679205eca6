import assert from "node:assert/strict";
import { join } from "node:path";
import { UserError } from "../../lib/plan/errors.ts";
import { OUTPUT_FORMATS } from "../../lib/plan/plan.ts";
import { BAR_CHARTS, renderBarChart } from "../../lib/report/png/bar_charts.ts";
import { rasterise } from "../../lib/report/png/raster.ts";
import { writeReport } from "../../lib/report/report.ts";
import { readResult, ResultWriter } from "../../lib/result/file.ts";
import type { Run } from "../../lib/result/run.ts";
import { makeRecords, makeRun } from "../result/make_run.ts";
import { reportOf } from "../compare/sides.ts";
import { emptyRun, hostileRun, usualRun, verdictOf } from "./cases.ts";
import { elements, parseXml } from "./forms/xml.ts";

async function inFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const OPTIONS = { stamp: "20261123_140000", formats: ["html", "json", "csv"] as const, version: "0.1.0" };

const write = (run: Run, dir: string) => writeReport(run, verdictOf(run), { ...OPTIONS, dir, include_charts: false });

Deno.test("writeReport() writes June's tree", () =>
  inFolder(async (dir) => {
    const run = makeRun({ seconds: 10 });
    const baseline = reportOf(run, run);
    const paths = await writeReport(run, verdictOf(run), { ...OPTIONS, dir, include_charts: true, baseline });
    assert.deepEqual(
      paths.map((path) => path.slice(dir.length + 1)).sort(),
      [
        "analysis/error_rate_by_endpoint.png",
        "analysis/error_rate_by_endpoint.svg",
        "analysis/metrics.csv",
        "analysis/p95_response_time.png",
        "analysis/p95_response_time.svg",
        "analysis/request_distribution.png",
        "analysis/request_distribution.svg",
        "analysis/response_time_by_endpoint.png",
        "analysis/response_time_by_endpoint.svg",
        "analysis/summary.txt",
        "comparison.txt",
        "june_load_20261123_140000.html",
        "june_load_20261123_140000.json",
        "june_load_20261123_140000_exceptions.csv",
        "june_load_20261123_140000_failures.csv",
        "june_load_20261123_140000_measures.csv",
        "june_load_20261123_140000_stats.csv",
        "june_load_20261123_140000_stats_history.csv",
      ],
    );
    for (const path of paths) assert.ok((await Deno.stat(path)).size > 0, path);
  }));

Deno.test("writeReport() writes none of its files through a link, and refuses an analysis folder that is one", () =>
  inFolder(async (dir) => {
    const run = makeRun({ seconds: 3 });
    const baseline = reportOf(run, run);
    const all = () =>
      writeReport(run, verdictOf(run), { ...OPTIONS, dir: join(dir, "run"), include_charts: true, baseline });
    const paths = await all();
    await Deno.mkdir(join(dir, "outside"));
    const victims = paths.map((_, at) => join(dir, "outside", String(at)));
    for (const [at, path] of paths.entries()) {
      await Deno.writeTextFile(victims[at] as string, "precious");
      await Deno.remove(path);
      await Deno.symlink(victims[at] as string, path);
    }
    assert.deepEqual(await all(), paths);
    for (const victim of victims) assert.equal(await Deno.readTextFile(victim), "precious");
    for (const path of paths) assert.ok((await Deno.lstat(path)).isFile, path);
    await Deno.remove(join(dir, "run", "analysis"), { recursive: true });
    await Deno.symlink(join(dir, "outside"), join(dir, "run", "analysis"));
    await assert.rejects(all(), /Cannot write ".*analysis": it is a link, and files would land elsewhere/);
    assert.equal((await Array.fromAsync(Deno.readDir(join(dir, "outside")))).length, paths.length);
  }));

Deno.test("writeReport() writes only the formats asked for, and always the analysis", () =>
  inFolder(async (dir) => {
    const run = emptyRun();
    const paths = await writeReport(run, verdictOf(run), { ...OPTIONS, dir, formats: ["json"], include_charts: false });
    assert.deepEqual(paths.map((path) => path.slice(dir.length + 1)), [
      "june_load_20261123_140000.json",
      "analysis/metrics.csv",
      "analysis/summary.txt",
    ]);
  }));

Deno.test("writeReport() from the saved result gives the bytes that the run itself wrote", () =>
  inFolder(async (dir) => {
    const records = makeRecords({ seconds: 15, errors: 0.1 });
    const writer = await ResultWriter.create(join(dir, "result.ndjson"));
    for (const record of records) writer.write(record);
    await writer.close();
    const live = await write(makeRun({ seconds: 15, errors: 0.1 }), join(dir, "live"));
    const again = await write(await readResult(dir), join(dir, "again"));
    assert.equal(live.length, again.length);
    for (const [i, path] of live.entries()) {
      assert.deepEqual(await Deno.readFile(again[i] as string), await Deno.readFile(path), path);
    }
  }));

Deno.test("rasterise() draws text, and the same picture to the same bytes", async () => {
  const pictureOf = (scenario: string) => {
    const run = emptyRun();
    run.plan.scenario = scenario;
    return rasterise(renderBarChart(run, "request_distribution"));
  };
  const png = await pictureOf("i");
  assert.deepEqual([...png.slice(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  assert.deepEqual(await pictureOf("i"), png);
  assert.ok((await pictureOf("a-much-longer-name")).length > png.length + 200, "the scenario's name is drawn");
});

Deno.test("renderBarChart() gives the same SVG each time, whatever was drawn before, and no name of a server is markup", async () => {
  const run = hostileRun();
  run.plan.scenario += "\ud800\uffff";
  const svgs = BAR_CHARTS.map((name) => renderBarChart(run, name));
  assert.deepEqual(BAR_CHARTS.map((name) => renderBarChart(run, name)), svgs);
  for (const svg of svgs) {
    assert.deepEqual(elements(parseXml(svg), "script"), []);
    assert.ok((await rasterise(svg)).length > 0);
    assert.doesNotMatch(svg, /\bzr\d|<style/);
  }
});

Deno.test("writeReport() tells which folder cannot be written", () =>
  inFolder(async (dir) => {
    await Deno.writeTextFile(join(dir, "file"), "");
    await assert.rejects(
      write(emptyRun(), join(dir, "file", "report")),
      (error) => error instanceof UserError && error.kind === "output" && error.message.includes(join(dir, "file")),
    );
  }));

Deno.test("writeReport() writes every form that is listed, under a name of its own", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const run = usualRun();
    const options = { dir, stamp: "1", formats: OUTPUT_FORMATS, include_charts: false, version: "0" };
    const paths = (await writeReport(run, verdictOf(run), options)).map((path) => path.slice(dir.length + 1));
    for (const ending of [".md", "_junit.xml", ".prom", ".hlog", "_otlp.json", ".html", ".json", "_stats.csv"]) {
      assert.ok(paths.includes(`june_load_1${ending}`), `${ending} of ${paths}`);
    }
    assert.equal(new Set(paths).size, paths.length);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
