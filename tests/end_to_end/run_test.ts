import assert from "node:assert/strict";
import { readResult } from "../../lib/result/file.ts";
import { filesBelow, inFolder, june, runFolder, runScenario, secondsWritten, SMOKE, start } from "./cli.ts";
import { assertReport } from "../report/forms/schema.ts";
import { crowdOf } from "../plans.ts";

const SHORT = ["run", SMOKE, "--sim"];

Deno.test("run against the simulator ends with exit 0, a summary and the whole report tree", async () => {
  await inFolder(async (dir) => {
    const single = ["--junit", `${dir}/ci/junit.xml`, "--markdown", `${dir}/ci/report.md`];
    const { code, stdout, stderr } = await june(...SHORT, "--output-dir", dir, ...single);
    assert.equal(code, 0, stdout + stderr);
    assert.equal(stderr, "");
    assert.deepEqual(await filesBelow(`${dir}/ci`), ["junit.xml", "report.md"]);
    assert.match(stdout, /PASS/);
    assert.match(stdout, /0 unaccounted/);
    assert.match(
      stdout.replace(/\s+/g, " "),
      /only \d of \d objectives (is|are) certain at this length: run [\d a-z]+ for all\./,
    );
    const folder = await runFolder(dir, "smoke");
    const stamp = folder.split("/").at(-1)!;
    assert.equal(await Deno.readLink(`${dir}/smoke/latest`), stamp);
    assert.deepEqual(await filesBelow(folder), [
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
      `june_load_${stamp}.html`,
      `june_load_${stamp}.json`,
      `june_load_${stamp}_exceptions.csv`,
      `june_load_${stamp}_failures.csv`,
      `june_load_${stamp}_measures.csv`,
      `june_load_${stamp}_stats.csv`,
      `june_load_${stamp}_stats_history.csv`,
      "result.ndjson",
    ]);
    assertReport(JSON.parse(await Deno.readTextFile(`${folder}/june_load_${stamp}.json`)));
    const run = await readResult(folder);
    assert.equal(run.end?.reason, "completed");
    assert.equal(run.unaccounted, 0);
    assert.deepEqual(run.operations, ["llm.chat_stream", "stt.recognize_stream", "tts.synthesize"]);
    for (const operation of run.operations) assert.ok(run.total({ operations: operation }).outcomes.ok > 0, operation);
  });
});

Deno.test("report of a saved result is byte for byte the report of the run", async () => {
  await inFolder(async (dir) => {
    await june(...SHORT, "--output-dir", dir);
    const folder = await runFolder(dir, "smoke");
    const files = (await filesBelow(folder)).filter((name) => name !== "result.ndjson");
    const before = await Promise.all(files.map((name) => Deno.readFile(`${folder}/${name}`)));
    for (const name of files) await Deno.remove(`${folder}/${name}`);
    const { code } = await june("report", `${dir}/smoke/latest`);
    assert.equal(code, 0);
    for (const [i, name] of files.entries()) {
      assert.deepEqual(await Deno.readFile(`${folder}/${name}`), before[i], name);
    }
  });
});

Deno.test("a fault in the simulator ends with exit 99 and names the rule that failed", async () => {
  await inFolder(async (dir) => {
    const { code, stdout } = await june(...SHORT, "--fault", "llm.error_rate=50%:UNAVAILABLE", "--output-dir", dir);
    assert.equal(code, 99, stdout);
    assert.match(stdout, /FAIL/);
    assert.match(stdout, /✕ +error_rate < 1%/);
    assert.match(stdout, /UNAVAILABLE +llm\.chat_stream/);
  });
});

Deno.test("an OK status whose content is a failure is counted as a semantic failure", async () => {
  await inFolder(async (dir) => {
    const flags = ["--fault", "stt.empty_rate=100%", "--fault", "tts.empty_rate=100%"];
    const { run } = await runScenario(dir, { wanted: SMOKE, name: "smoke", flags, code: 99 });
    const types = new Set(run.failures.map(({ operation, type }) => `${operation} ${type}`));
    assert.ok([...types].some((type) => type.startsWith("stt.recognize_stream semantic:")), [...types].join(", "));
    assert.ok([...types].some((type) => type.startsWith("tts.synthesize semantic:")), [...types].join(", "));
  });
});

Deno.test("Ctrl-C once stops gracefully, reports and ends with 130", async () => {
  await inFolder(async (dir) => {
    const args = [...SHORT, "--duration", "60s", "--output-dir", dir];
    const run = start(args);
    await secondsWritten(dir, "smoke", 1);
    run.child.kill("SIGINT");
    const { code, stdout } = await run.finished;
    assert.equal(code, 130, stdout);
    const folder = await runFolder(dir, "smoke");
    const saved = await readResult(folder);
    assert.equal(saved.end?.reason, "stopped");
    assert.equal(saved.unaccounted, 0);
    assert.equal(saved.total().outcomes.unfinished, 0);
    assert.ok((await filesBelow(folder)).some((name) => name.endsWith(".html")));
  });
});

Deno.test("Ctrl-C twice ends at once; what was measured is saved", async () => {
  await inFolder(async (dir) => {
    const faults = ["--fault", "stall=0s+60s"];
    const run = start([...SHORT, ...faults, "--duration", "60s", "--no-preflight", "--output-dir", dir]);
    await secondsWritten(dir, "smoke", 1);
    run.child.kill("SIGINT");
    await run.until("Ctrl-C again");
    run.child.kill("SIGINT");
    const { code } = await run.finished;
    assert.equal(code, 130);
    const saved = await readResult(await runFolder(dir, "smoke"));
    assert.equal(saved.end?.reason, "aborted");
    assert.equal(saved.unaccounted, 0);
    assert.ok(saved.total().outcomes.unfinished > 0);
  });
});

Deno.test("kill -9 in mid-run leaves everything up to the last second, and report marks it incomplete", async () => {
  await inFolder(async (dir) => {
    const run = start([...SHORT, "--duration", "60s", "--output-dir", dir]);
    const folder = await secondsWritten(dir, "smoke", 4);
    run.child.kill("SIGKILL");
    await run.finished;
    const saved = await readResult(folder);
    assert.equal(saved.end, null);
    assert.ok(saved.slots.length >= 4);
    const { code, stdout, stderr } = await june("report", folder);
    assert.equal(code, 5, stdout);
    assert.match(stderr, /incomplete/);
    const stamp = folder.split("/").at(-1)!;
    assert.match(await Deno.readTextFile(`${folder}/june_load_${stamp}.html`), /incomplete/i);
    const summary = await Deno.readTextFile(`${folder}/analysis/summary.txt`);
    assert.match(summary, /incomplete|broke off/i);
  });
});

Deno.test("--dry-run prints the plan and sends nothing", async () => {
  const { code, stdout } = await june("run", "spike", "--dry-run", "--target", "stt=gpu-1:50052");
  assert.equal(code, 0);
  assert.match(stdout, /gpu-1:50052/);
  assert.match(stdout, /50 to 500 users/);
});

Deno.test("--sim --dry-run shows what would be simulated, and --sim with --target is refused", async () => {
  const shown = await june("run", "mixed", "--sim", "--dry-run");
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /tensorrt_llm at the built-in simulator, triton over gRPC, model june-sim-llm/);
  assert.doesNotMatch(shown.stdout, /127\.0\.0\.1/);
  const both = await june("run", "smoke", "--sim", "--target", "llm=gpu-1:50051");
  assert.equal(both.code, 2);
  assert.match(both.stderr, /^--sim and --target: the simulator stands in for every service.*remove one of the two/m);
});

Deno.test("June's own load_test_config.yaml drives a run, in June's spelling of the command", async () => {
  await inFolder(async (dir) => {
    const config = new URL("../scenario/june_config.yaml", import.meta.url).pathname;
    const spelling = ["run", "--scenario", "target", "--test-type", "grpc", "--config", config, "--output-dir", dir];
    const { code, stdout, stderr } = await june(...spelling, "--sim", "--users", "6", "--duration", "3s");
    assert.ok(code === 0 || code === 99, stdout + stderr);
    const folder = await runFolder(dir, "target");
    const run = await readResult(folder);
    assert.equal(run.plan.scenario, "target");
    assert.equal(crowdOf(run.plan)[1], 10);
    assert.deepEqual([run.peak_users, run.unaccounted], [6, 0]);
    const asked = run.plan.tasks.map(({ name, weight }) => `${name} ${weight}`);
    assert.deepEqual(asked, ["llm.chat_stream 30", "stt.recognize_stream 20", "tts.synthesize 20"]);
    const formats = run.plan.output.formats;
    const files = await filesBelow(folder);
    for (const format of ["html", "json"] as const) {
      assert.equal(files.some((name) => name.endsWith(`.${format}`)), formats.includes(format), format);
    }
    assert.equal(files.some((name) => name.endsWith("_stats.csv")), formats.includes("csv"));
    assert.equal(files.some((name) => name.endsWith(".png")), run.plan.output.include_charts);
    const json = JSON.parse(await Deno.readTextFile(`${folder}/${files.find((name) => name.endsWith(".json"))}`));
    const shown = Object.keys(json.operations[0].latency.percentiles_ms);
    assert.deepEqual(shown, run.plan.percentiles.map((percentile) => `p${percentile}`));
    assert.match(stderr, /nothing to compare with: no result of the scenario "baseline"/);
  });
});

Deno.test("a run killed with calls in flight says so, and counts none as unaccounted", async () => {
  await inFolder(async (dir) => {
    const slow = ["--fault", "stall=3s+600s", "--duration", "60s"];
    const run = start([...SHORT, ...slow, "--output-dir", dir]);
    const folder = await secondsWritten(dir, "smoke", 6);
    run.child.kill("SIGKILL");
    await run.finished;
    const { code, stdout } = await june("report", folder);
    assert.equal(code, 5, stdout);
    assert.match(stdout, /^INVALID {2}smoke, 0:0\d, \d+ calls, 4 in flight when it broke off$/m);
    assert.match(stdout, /The run broke off before its end, with 4 calls in flight; these are/);
    const stamp = folder.split("/").at(-1)!;
    const json = JSON.parse(await Deno.readTextFile(`${folder}/june_load_${stamp}.json`));
    assert.deepEqual([json.verdict.status, json.in_flight, json.unaccounted], ["INVALID", 4, 0]);
    assert.match(await Deno.readTextFile(`${folder}/june_load_${stamp}.html`), /4 in flight when it broke off/);
  });
});
