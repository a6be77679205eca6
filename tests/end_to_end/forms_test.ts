import assert from "node:assert/strict";
import { ResultWriter } from "../../lib/result/file.ts";
import { makePlan, makeRecords } from "../result/make_run.ts";
import { filesBelow, inFolder, june } from "./cli.ts";

/** A saved result in `dir/one`, without pictures and pages. */
async function saveResult(dir: string): Promise<string> {
  const output = { dir: "reports", formats: [], include_charts: false, comparison_baseline: null };
  await Deno.mkdir(`${dir}/one`);
  const writer = await ResultWriter.create(`${dir}/one/result.ndjson`);
  for (const record of makeRecords({ plan: makePlan({ output }), seconds: 10 })) writer.write(record);
  await writer.close();
  return `${dir}/one`;
}

Deno.test("report puts single forms where a pipeline wants them, and makes their folders", () =>
  inFolder(async (dir) => {
    const folder = await saveResult(dir);
    const flags = {
      report: "page.html",
      json: "a/run.json",
      csv: "a/run.csv",
      markdown: "run.md",
      junit: "a/b/junit.xml",
      prometheus: "run.prom",
      hlog: "run.hlog",
      otlp: "run.otlp.json",
    };
    const args = Object.entries(flags).flatMap(([flag, file]) => [`--${flag}`, `${dir}/ci/${file}`]);
    const { code, stdout, stderr } = await june("report", folder, "--quiet", ...args);
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(await filesBelow(`${dir}/ci`), Object.values(flags).sort());
    const read = (file: string) => Deno.readTextFile(`${dir}/ci/${file}`);
    assert.match(await read(flags.report), /^<!doctype html>/i);
    assert.equal(JSON.parse(await read(flags.json)).plan.scenario, "sample");
    assert.match(await read(flags.csv), /^stage,operation,measure,/);
    assert.match(await read(flags.markdown), /^## \S+ PASS: sample\n/);
    assert.match(await read(flags.junit), /^<\?xml [^]*<testsuites name="june-load" tests="5" failures="0"/);
    assert.match(await read(flags.prometheus), /^june_load_passed\{scenario="sample"\} 1$/m);
    assert.match(await read(flags.hlog), /^#\[Histogram log format version 1\.3\]$/m);
    assert.equal(JSON.parse(await read(flags.otlp)).resourceMetrics.length, 1);
    assert.deepEqual(await filesBelow(folder), ["analysis/metrics.csv", "analysis/summary.txt", "result.ndjson"]);
  }));

Deno.test("report to a collector that does not answer writes everything else, says so and ends with 4", () =>
  inFolder(async (dir) => {
    const folder = await saveResult(dir);
    const { code, stdout, stderr } = await june("report", folder, "--otlp", "http://127.0.0.1:1");
    assert.equal(code, 4, stdout + stderr);
    assert.match(stdout, /^PASS {2}sample/m);
    assert.match(stdout, /^exit +4 +something could not be written$/m);
    assert.equal(stderr, "Cannot send metrics to http://127.0.0.1:1/v1/metrics: no collector answers there\n");
    assert.ok((await filesBelow(folder)).includes("analysis/summary.txt"));
  }));
