import assert from "node:assert/strict";
import type { Change } from "../../lib/plan/steering.ts";
import type { LoadPlan, Plan } from "../../lib/plan/plan.ts";
import { preparePools } from "../../lib/pool/pools.ts";
import { readResult, ResultWriter } from "../../lib/result/file.ts";
import type { Run } from "../../lib/result/run.ts";
import type { TimeSlot } from "../../lib/result/timeline.ts";
import { Session, type SessionEvent } from "../../lib/run/session.ts";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";
import { renderHtml } from "../../lib/report/html/page.ts";
import { renderJson } from "../../lib/report/json.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { AT_ONCE, constantPause, holdStage, task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";
import { linear, openLoad, staged } from "./plans.ts";

/** Runs a plan over the simulator; `act` is called at each second of the run. */
async function runSteered(
  change: Partial<Plan>,
  act: (session: Session, seconds: number) => void,
  whyNoRoom: (steered: Plan) => string | null = () => null,
): Promise<{ run: Run; read: Run; session: Session; heard: SessionEvent[] }> {
  const simulator = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 } });
  const dir = await Deno.makeTempDir();
  try {
    const services = makePlan().services.map((service) => (
      { ...service, address: simulator.addresses[service.kind as "llm"] }
    ));
    const resources = { cpu: false, memory: false, gpu: false };
    const tasks = [task("llm.chat")];
    const plan = makePlan({ services, tasks, resources, transport: "wire", workers: 2, thresholds: [], ...change });
    const pools = await preparePools(plan);
    const writer = await ResultWriter.create(`${dir}/result.ndjson`);
    const session = new Session({ plan, tool: "june-load test", pools, writer, services: [], whyNoRoom });
    const heard: SessionEvent[] = [];
    let seconds = 0;
    session.subscribe((event) => {
      heard.push(event);
      if (event.type === "second") act(session, ++seconds);
    });
    const { run } = await session.execute();
    return { run, read: await readResult(dir), session, heard };
  } finally {
    await simulator.close();
    await Deno.remove(dir, { recursive: true });
  }
}

const accepted = (session: Session, change: Change) => {
  const result = session.steer(change);
  assert.ok("event" in result, JSON.stringify(result));
  return result.event;
};

const crowd = (users: number, end_ms: number) => ({
  kind: "closed" as const,
  name: "users",
  users,
  courses: [linear(users)(0, end_ms)],
  think_time: constantPause(50),
  ...AT_ONCE,
});

Deno.test("users raised in mid-run are in the result, with their calls, and a report made of it is the run's own; no more than the machine has room for", async () => {
  const change = { loads: [crowd(3, 60_000)], duration_ms: 60_000, stages: [holdStage(60_000)] };
  const isFull = (load: LoadPlan) => load.kind === "closed" && load.users > 20;
  const whyNoRoom = ({ loads }: Plan) => loads.some(isFull) ? "no room" : null;
  const { run, read, session, heard } = await runSteered(change, (session, seconds) => {
    if (seconds === 1) {
      assert.deepEqual(session.steer({ type: "target", load: null, target: 21 }), { refused: "no room" });
      const mark = accepted(session, { type: "reset_statistics" });
      assert.equal(mark.at_ms, mark.t_ms, "a mark holds at once");
      assert.deepEqual(session.run.steered, []);
      accepted(session, { type: "target", load: null, target: 11 });
      const [load] = session.plan_now.loads;
      assert.equal(load?.kind === "closed" && load.users, 11);
    }
    if (session.run.slots.at(-1)?.users !== 11) return;
    session.stop();
    assert.deepEqual(session.steer({ type: "pause" }), { refused: "The load is ending: no task starts any more" });
  }, whyNoRoom);
  assert.equal(run.unaccounted, 0);
  assert.equal(run.slots[0]?.users, 3);
  assert.equal(run.peak_users, 11, "the new users run");
  const started = (slot: TimeSlot | undefined) => slot?.series.get("llm.chat")?.issued ?? 0;
  assert.ok(started(run.slots.find(({ users }) => users === 11)) >= 11, "and call");
  assert.deepEqual(session.steer({ type: "pause" }), { refused: "The run has ended" });
  assert.ok(heard.some((one) => one.type === "event" && one.event.kind === "steered"));
  assert.deepEqual(read.plan, run.plan);
  assert.equal(renderJson(read, evaluate(read)), renderJson(run, evaluate(run)));
  const page = (of: Run) => renderHtml(of, evaluate(of), { version: "1.0.0" });
  assert.equal(page(read), page(run));
});

Deno.test("a pause holds arrivals of a real run back, what was left follows after it, and latency does not count it", async () => {
  const { courses, stages } = staged(0, [[linear(40), 60_000], [linear(10), 1500]]);
  const loads = [openLoad(courses, { spacing: "poisson" })];
  const seen = { resumed: 0 };
  const { run, session } = await runSteered({ loads, stages, duration_ms: 61_500 }, (session, seconds) => {
    if (seconds === 1) {
      accepted(session, { type: "pause" });
      assert.ok(session.paused);
      assert.deepEqual(session.steer({ type: "pause" }), { refused: "The run is paused already" });
    }
    if (session.paused && session.run.slots.at(-1)?.generator.due === 0) {
      accepted(session, { type: "resume" });
      seen.resumed = seconds;
    }
    if (seen.resumed > 0 && seconds === seen.resumed + 2) accepted(session, { type: "next_stage" });
  });
  assert.ok(!session.paused);
  assert.equal(run.end?.reason, "completed");
  const [pause] = run.plan.pauses ?? [];
  const skipped_ms = run.steered.at(-1)!.at_ms;
  assert.equal(run.plan.duration_ms, skipped_ms + 1500, "the last stage follows at once");
  assert.equal(run.window_ms(), run.plan.duration_ms - (pause!.end_ms - pause!.start_ms));
  assert.equal(run.unaccounted, 0);
  const { issued, outcomes } = run.total();
  assert.equal(issued, outcomes.ok + outcomes.failed + outcomes.timed_out + outcomes.dropped);
  assert.ok(run.total({ stage: "0.1" }).issued > 0);
  assert.ok(run.total().histogram("start_delay").percentile(50) < 500_000, "waiting for the pause is no delay");
});
