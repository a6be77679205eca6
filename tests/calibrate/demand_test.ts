import assert from "node:assert/strict";
import { demandOf, demandWarnings } from "../../lib/calibrate/demand.ts";
import type { OpenLoad, Plan } from "../../lib/plan/plan.ts";
import { closedLoad, constantPause, task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";
import { makeCalibration, makeConditions } from "./make_calibration.ts";

function openLoad(from: number, to: number): OpenLoad {
  const courses = [{ kind: "linear" as const, start_ms: 0, end_ms: 1000, from, to }];
  return { kind: "open", name: "load", courses, spacing: "constant", max_in_flight: 10, max_wait_ms: 0 };
}

const callsPlan = (change: Partial<Plan>) => makePlan({ tasks: [task("llm.chat")], ...change });

Deno.test("an open load asks for its highest rate", () => {
  assert.equal(demandOf(callsPlan({ loads: [openLoad(10, 700)] })).calls_per_s, 700);
});

Deno.test("users ask at most as often as their pauses let them, and without a pause nobody knows", () => {
  const users = (pause_ms: number) =>
    demandOf(callsPlan({ loads: [closedLoad(500, 10, 1000, constantPause(pause_ms))] }));
  assert.equal(users(2000).calls_per_s, 250);
  assert.equal(users(0).calls_per_s, null);
});

Deno.test("messages are counted for streams of language models, up to the limit of their length", () => {
  const tasks = [task("llm.chat_stream", 1), task("llm.chat", 3)];
  assert.equal(demandOf(makePlan({ tasks, loads: [openLoad(100, 100)] })).frames_per_s, 100 * 128 / 4);
  assert.equal(demandOf(callsPlan({ loads: [openLoad(100, 100)] })).frames_per_s, null);
});

Deno.test("all users who may speak do so at the same time, even without a pause", () => {
  const loads = [closedLoad(200, 10, 1000, constantPause(0))];
  assert.equal(demandOf(makePlan({ tasks: [task("stt.recognize_stream")], loads })).chunks_per_s, 2000);
  const options = { kind: "stt", pacing: "fast", chunk_ms: 100, language: "en" } as const;
  const services = makePlan().services.map((service) => service.kind === "stt" ? { ...service, options } : service);
  assert.equal(demandOf(makePlan({ tasks: [task("stt.recognize_stream")], loads, services })).chunks_per_s, null);
});

Deno.test("a plan within what was kept is told nothing", () => {
  assert.deepEqual(demandWarnings(callsPlan({ loads: [openLoad(4000, 4000)] }), makeCalibration()), []);
  assert.deepEqual(demandWarnings(callsPlan({ loads: [openLoad(8000, 8000)], workers: 2 }), makeCalibration()), []);
});

Deno.test("a plan beyond it is told what was kept, and what to do", () => {
  const told = (rate: number, workers: number) =>
    demandWarnings(callsPlan({ loads: [openLoad(rate, rate)], workers }), makeCalibration());
  assert.deepEqual(told(5000, 1), [
    "this plan may ask for 5,000 calls/s, 5,000 of each worker, and a worker kept 4,000 and was late at 8,000 when this " +
    "host was calibrated: set --workers 2, or spread the load over several machines",
  ]);
  assert.deepEqual(told(60_000, 7), [
    "this plan may ask for 60,000 calls/s, 8,572 of each worker, and a worker kept 4,000 and was late at 8,000 when this " +
    "host was calibrated: its 8 cores are too few for 15 workers; spread the load over 3 machines",
  ]);
});

Deno.test("it is said where more was not tried, and where even the least was late", () => {
  const loads = [closedLoad(1000, 10, 1000, constantPause(0))];
  const speech = makePlan({ tasks: [task("stt.recognize_stream")], loads });
  const [untried] = demandWarnings(speech, makeCalibration());
  assert.match(untried ?? "", /no more than 8,000 were tried when this host was calibrated: set --workers 2/);
  const idle = makeConditions({ chunks: { held_per_s: 0, late_per_s: 1000 } });
  const [late] = demandWarnings(speech, makeCalibration({ idle }));
  assert.match(late ?? "", /a worker was late at 1,000 already .*: calibrate again when the host is idle/);
});

Deno.test("what was kept beside other processes is doubted", () => {
  const [told] = demandWarnings(callsPlan({ loads: [openLoad(5000, 5000)] }), makeCalibration({ others_percent: 63 }));
  assert.match(told ?? "", /set --workers 2, .*; but the host was busy then, so calibrate again first$/);
});

Deno.test("a short calibration tried nothing, and warns of nothing", () => {
  const idle = makeConditions({ calls: null, frames: null, chunks: null, call_cpu: null });
  assert.deepEqual(demandWarnings(callsPlan({ loads: [openLoad(1e6, 1e6)] }), makeCalibration({ idle })), []);
});
