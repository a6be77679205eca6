/** Whole results as the first builds with this format wrote them, and as later ones may. */
import assert from "node:assert/strict";
import { renderHtml } from "../../lib/report/html/page.ts";
import { readResult } from "../../lib/result/file.ts";
import type { Run } from "../../lib/result/run.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { rule } from "../plans.ts";
import { makePlan, makeRecords } from "./make_run.ts";

// deno-lint-ignore no-explicit-any -- records of other versions have no type
type Loose = Record<string, any>;

async function readLines(records: readonly unknown[], body: (run: Run) => void): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, records.map((record) => JSON.stringify(record) + "\n").join(""));
    body(await readResult(path));
  } finally {
    await Deno.remove(path);
  }
}

function firstBuild(): Loose[] {
  const drift = { ...rule("drift(response_time) < 50%/h"), source: "drift(latency) < 50%/h" };
  const abort = { ...rule("error_rate < 50%"), level: "abort" as const };
  const plan = makePlan({ thresholds: [{ ...drift, measure: { kind: "drift", of: "latency" } as never }, abort] });
  const records = structuredClone(makeRecords({ plan, seconds: 10, errors: 0.1, complete: false })) as Loose[];
  const [header] = records as [Loose];
  for (const service of header["plan"].services) {
    delete service.settings;
    delete service.transparent_retry;
    service.moves = "move";
    if (service.options.kind === "tts") service.options = { kind: "tts", voice: "default", language: "en", ahead: 1 };
  }
  for (const load of header["plan"].loads) {
    delete load.start;
    delete load.after_failure_ms;
  }
  for (const { series } of records.filter(({ type }) => type === "interval")) {
    for (const { histograms, outcomes } of series) {
      delete histograms.response_time;
      outcomes.timed_out++;
    }
    for (const one of series) one.issued++;
  }
  const event = { type: "event", t_ms: 9500, kind: "aborted_by_rule", text: "error_rate < 50%: 60 %" };
  return [...records, event, { type: "end", t_ms: 10_000, reason: "aborted", text: "", unaccounted: 0 }];
}

Deno.test("a result of the first build with this format is read whole, under today's names", async () => {
  await readLines(firstBuild(), (run) => {
    assert.deepEqual([run.damage, run.end?.reason, run.unaccounted], [null, "aborted", 0]);
    assert.deepEqual(run.plan.services.map(({ transparent_retry }) => transparent_retry), [true, true, true]);
    const { options } = run.plan.services[2]!;
    assert.ok(options.kind === "tts");
    assert.deepEqual([options.max_parallel_sentences, options.prebuffer_ms], [1, 0]);
    assert.equal(
      run.plan.thresholds[0]?.measure.kind === "drift" && run.plan.thresholds[0].measure.of,
      "response_time",
    );
    assert.equal(run.events[0]?.rule, "error_rate < 50%");
    const total = run.total({ operations: "llm.chat_stream" });
    assert.equal(total.histogram("response_time").count, total.outcomes.ok);
    assert.equal(total.censored.count, 10);
    const page = renderHtml(run, evaluate(run), { version: "0.1.0" }).replace(/<script[^]*?<\/script>/g, "");
    assert.doesNotMatch(page, /NaN|undefined/);
  });
});

Deno.test("what a later version adds is left out, and everything else is read", async () => {
  const records = structuredClone(makeRecords({ seconds: 10 })) as Loose[];
  const [header, interval] = records as [Loose, Loose];
  header["weather"] = { clouds: [1, 2] };
  interval["moons"] = 2;
  const [series] = interval["series"];
  series.histograms.mood = series.histograms.latency;
  Object.assign(series.counters, { smiles: 4 });
  series.histograms = JSON.parse(
    JSON.stringify(series.histograms).replace(
      "{",
      '{"__proto__":{"count":0,"min":0,"max":0,"sum":0,"overflow":0,"buckets":[]},',
    ),
  );
  records.splice(4, 0, { type: "event", t_ms: 500, kind: "full_moon", text: "It is bright." });
  await readLines(records, (run) => {
    assert.deepEqual([run.damage, run.end?.reason], [null, "completed"]);
    assert.deepEqual(run.events.map(({ kind }) => kind), ["full_moon"]);
    assert.ok(run.total().histogram("latency").count > 0);
  });
});

Deno.test("900 million calls of a former result that timed out take no longer than one", async () => {
  const records = firstBuild();
  const { series: [first] } = records[1]!;
  first.outcomes.timed_out = 9e8;
  first.issued += 9e8 - 1;
  await readLines(records, (run) => {
    assert.equal(run.total({ operations: first.operation }).censored.count, 9e8 + 9);
    assert.equal(run.unaccounted, 0);
  });
});
