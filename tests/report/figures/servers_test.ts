import assert from "node:assert/strict";
import { type ModelCounts, SERVER_TIMES } from "../../../lib/measure/server_statistics.ts";
import { serverSection } from "../../../lib/report/html/sections/server.ts";
import {
  type ModelWork,
  serverNotes,
  serverTexts,
  type ServerWork,
  serverWork,
} from "../../../lib/report/figures/servers.ts";
import type { ServicePlan } from "../../../lib/plan/plan.ts";
import { Run } from "../../../lib/result/run.ts";
import { makeHeader, makePlan, makeRun } from "../../result/make_run.ts";

/** Counters of a model that served `count` requests, each `each_us` in every part of its work. */
function counts(model: string, count: number, each_us: number, over: Partial<ModelCounts> = {}): ModelCounts {
  const time = { count, sum_us: count * each_us };
  const times = Object.fromEntries(SERVER_TIMES.map((of) => [of, time])) as Pick<ModelCounts, "queue">;
  const none = { count: 0, sum_us: 0 };
  const cached = { fail: none, cache_hit: none, cache_miss: none };
  return { ...times, ...cached, model, version: "1", inferences: count, executions: count, ...over } as ModelCounts;
}

function runWith(before: ModelCounts[], after: ModelCounts[], base = new Run(makeHeader(makePlan()))): Run {
  base.add({ type: "service_statistics", t_ms: 0, service: "llm", when: "before", models: before });
  base.add({ type: "service_statistics", t_ms: 9000, service: "llm", when: "after", models: after });
  return base;
}

Deno.test("serverWork() takes the difference of what was counted before and after", () => {
  const before = counts("ensemble", 100, 1000);
  const after = counts("ensemble", 110, 1000, { queue: { count: 110, sum_us: 150_000 }, executions: 105 });
  const [server] = serverWork(runWith([before], [after]));
  const [work] = server?.models ?? [];
  assert.equal(work?.ok, 10);
  assert.equal(work?.queue_us, 5000);
  assert.equal(work?.compute_infer_us, 1000);
  assert.equal(work?.batch, 2);
  assert.equal(server?.restarted, false);
});

Deno.test("models that did nothing are left out, those loaded meanwhile are counted from nothing", () => {
  const idle = counts("idle", 7, 10);
  const [server] = serverWork(runWith([idle, counts("a", 1, 10)], [idle, counts("a", 3, 10), counts("b", 4, 10)]));
  assert.deepEqual(server?.models.map(({ model, ok }) => [model, ok]), [["a", 2], ["b", 4]]);
});

Deno.test("a server that was started anew has no figures, and the report says so", () => {
  const run = runWith([counts("a", 100, 10)], [counts("a", 3, 10)]);
  const [server] = serverWork(run);
  assert.deepEqual([server?.restarted, server?.models], [true, []]);
  assert.match(serverTexts(run).join("\n"), /started anew/);
  assert.match(serverSection(run)?.text ?? "", /started anew/);
});

Deno.test("a run without both readings says nothing of the server", () => {
  const run = new Run(makeHeader(makePlan()));
  run.add({ type: "service_statistics", t_ms: 0, service: "llm", when: "before", models: [counts("a", 1, 1)] });
  assert.deepEqual(serverWork(run), []);
  assert.equal(serverSection(run), null);
  assert.deepEqual(serverTexts(run), []);
});

Deno.test("more requests than june-load made are somebody else's", () => {
  const run = makeRun({ seconds: 10, gpu: false });
  const [service] = run.plan.services.filter(({ name }) => name === "llm") as [ServicePlan];
  const settings = { protocol: "triton", model: "a", version: "", streams: "shared", inputs: null, text_output: "t" };
  Object.assign(service, { protocol: "triton", settings });
  const [server] = serverWork(runWith([counts("a", 0, 0)], [counts("a", 5, 10)], run)) as [ServerWork];
  const [model] = server.models as [ModelWork];
  const { issued } = server;
  assert.ok(issued !== null && issued > 5);
  const notes = (ok: number) => serverNotes(run, { ...server, models: [{ ...model, ok }] });
  assert.deepEqual(notes(issued), []);
  assert.match(notes(issued + 1).join(), /others use it too/);
});

Deno.test("the section has the server's means beside june-load's", () => {
  const run = runWith([counts("a<b>", 0, 0)], [counts("a<b>", 4, 2500)], makeRun({ seconds: 10, gpu: false }));
  const html = serverSection(run)?.text ?? "";
  assert.match(html, /llm: a&#60;b&#62;/);
  assert.match(html, /2\.5/);
  assert.match(html, /Here/);
  assert.match(serverTexts(run).join("\n"), /llm, model a<b>: 4 ok, 0 failed, mean 2\.50 ms, queue 2\.50 ms/);
});
