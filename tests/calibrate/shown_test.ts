import assert from "node:assert/strict";
import { calibrationLines } from "../../lib/cli/calibrate/table.ts";
import { renderJson } from "../../lib/report/json.ts";
import { renderSummary } from "../../lib/report/text/summary.ts";
import { trustSection } from "../../lib/report/html/sections/findings.ts";
import { rowsOf } from "../../lib/report/figures/figures.ts";
import type { Calibration } from "../../lib/result/calibration.ts";
import { RecordDecoder } from "../../lib/result/decode/decoder.ts";
import type { HeaderRecord } from "../../lib/result/record.ts";
import { Run } from "../../lib/result/run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { calibrationCheck } from "../../lib/verdict/fit/calibration_check.ts";
import { makeRecords } from "../result/make_run.ts";
import { makeCalibration, makeConditions } from "./make_calibration.ts";

const GOLDEN = new URL("golden/table.txt", import.meta.url);

/** A made-up minute, begun on 2026-11-23 at 14:00, with a calibration in its header. */
function runWith(calibration?: Calibration): Run {
  const [header, ...rest] = makeRecords({ gpu: false });
  const run = new Run({ ...header as HeaderRecord, ...(calibration !== undefined && { calibration }) });
  for (const record of rest) run.add(record);
  return run;
}

Deno.test("the table says in plain words what was measured (golden; UPDATE_GOLDEN=1 rewrites)", async () => {
  const short = makeConditions({ calls: null, frames: null, chunks: null, call_cpu: null });
  const others = makeCalibration({ others_percent: 63, busy: null, idle: short });
  others.host = { ...others.host, cpu_model: null, governor: null };
  const text = [...calibrationLines(makeCalibration()), "", "---", "", ...calibrationLines(others), ""].join("\n");
  if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(GOLDEN, text);
  assert.equal(text, await Deno.readTextFile(GOLDEN));
});

Deno.test("the report's part on trust says what this host adds, and how long before that was measured", () => {
  const run = runWith(makeCalibration());
  const check = calibrationCheck(run);
  assert.deepEqual(check, {
    name: "what june-load adds on this host",
    value: "P50 / P99: starts 110 µs / 420 µs, calls 190 µs / 610 µs, first messages 240 µs / 700 µs, " +
      "gaps -10.0 µs / 85.0 µs, chunks of speech 60.0 µs / 380 µs; measured 2 days before",
    state: "ok",
    advice: "",
  });
  const verdict = evaluate(run);
  assert.match(renderSummary(run, verdict), /what june-load adds on this host.*measured 2 days before/s);
  assert.match(trustSection(run, verdict, rowsOf(run).operations).text, /measured 2 days before/);
  assert.deepEqual(JSON.parse(renderJson(run, verdict)).calibration, makeCalibration());
});

Deno.test("a run without a calibration says nothing of one", () => {
  const run = runWith();
  assert.equal(calibrationCheck(run), null);
  assert.ok(!("calibration" in JSON.parse(renderJson(run, evaluate(run)))));
});

Deno.test("an old calibration is one to mind, one made just before is said so", () => {
  const old = calibrationCheck(runWith(makeCalibration({ measured_at: "2026-09-01T00:00:00Z" })));
  assert.deepEqual([old?.state, old?.advice], ["warn", "the calibration is old: run june-load calibrate again"]);
  const busy = calibrationCheck(runWith(makeCalibration({ others_percent: 63 })));
  assert.equal(busy?.advice, "the calibration was made while the host was busy: run june-load calibrate again");
  const ages = ["2026-11-23T13:59:50Z", "2026-11-23T13:30:00Z", "2026-11-23T12:59:00Z", "2026-11-24T00:00:00Z"];
  const said = ages.map((measured_at) =>
    calibrationCheck(runWith(makeCalibration({ measured_at })))?.value.split("; ")[1]
  );
  assert.deepEqual(said, [
    "measured just before",
    "measured 30 min before",
    "measured 1 hour before",
    "measured just before",
  ]);
});

Deno.test("a calibration in a stranger's header is held to its shape, and the field is named", () => {
  const decode = (calibration: unknown) => {
    const line = JSON.stringify({ ...makeRecords()[0], calibration });
    return new RecordDecoder().decode(line, line.length);
  };
  assert.ok("record" in decode(makeCalibration()));
  const fault = (calibration: unknown) => {
    const decoded = decode(calibration);
    return "fault" in decoded ? decoded.fault : assert.fail("it was read");
  };
  assert.match(fault(7), /^calibration must be a map/);
  assert.match(fault({ ...makeCalibration(), host: 7 }), /^calibration\.host must be a map/);
  assert.match(
    fault({ ...makeCalibration(), measured_at: "2026-13-41T99:00:00Z" }),
    /^calibration\.measured_at .* is no time/,
  );
  const idle = { ...makeCalibration().idle, gap: { count: 1, p50_us: 1e300, p99_us: 0 } };
  assert.match(fault({ ...makeCalibration(), idle }), /^calibration\.idle\.gap\.p50_us must be at most/);
});
