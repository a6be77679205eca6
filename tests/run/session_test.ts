import assert from "node:assert/strict";
import { dirname } from "node:path";
import type { StallData } from "../../lib/measure/interval.ts";
import { Series } from "../../lib/measure/series.ts";
import type { Plan } from "../../lib/plan/plan.ts";
import type { PoolOrder } from "../../lib/pool/messages.ts";
import { preparePools, type ReadyPools } from "../../lib/pool/pools.ts";
import { readResult, ResultWriter } from "../../lib/result/file.ts";
import type { ResultRecord } from "../../lib/result/record.ts";
import { Session, type SessionEvent } from "../../lib/run/session.ts";
import { startInWorker } from "../../lib/sim/worker/start_in_worker.ts";
import { inFolder } from "../end_to_end/cli.ts";
import { closedLoad, constantPause, holdStage, rule, task } from "../plans.ts";
import { makeInterval, makePlan } from "../result/make_run.ts";

const QUIET = { cpu: false, memory: false, gpu: false };

/** Pools that only note what they are told; seconds come when the test says so. */
class FakePools implements ReadyPools {
  readonly orders: PoolOrder["type"][] = [];
  discarded = false;
  #second = 0;
  #onInterval: Parameters<ReadyPools["start"]>[0] | null = null;
  readonly #over = Promise.withResolvers<{ failure: Error | null }>();

  constructor(readonly plan: Plan) {}

  start(onInterval: Parameters<ReadyPools["start"]>[0]) {
    this.#onInterval = onInterval;
    return {
      epoch_ms: performance.now(),
      done: this.#over.promise,
      order: ({ type }: PoolOrder) => void this.orders.push(type),
    };
  }

  discard(): void {
    this.discarded = true;
  }

  /** Another second; `failed` of its calls fail. */
  second(failed = 0, stalls: StallData[] = []): void {
    const index = this.#second++;
    const { type: _, ...interval } = makeInterval(this.plan, index, () => 0.5);
    const series = new Series();
    series.issued = series.outcomes.failed = failed;
    const data = failed === 0 ? interval.series : [series.toData("llm.chat_stream", 0)];
    this.#onInterval?.({ ...interval, series: data, generator: { ...interval.generator, stalls } });
  }

  end(failure: Error | null = null): void {
    this.#over.resolve({ failure });
  }
}

interface World {
  session: Session;
  pools: FakePools;
  heard: SessionEvent[];
  dir: string;
}

/** A session over fake pools whose load has begun; `test` must end the pools. */
async function withSession(change: Partial<Plan>, test: (world: World) => Promise<void>): Promise<void> {
  await inFolder(async (dir) => {
    const plan = makePlan({ thresholds: [], resources: QUIET, ...change });
    const pools = new FakePools(plan);
    const writer = await ResultWriter.create(`${dir}/result.ndjson`);
    const session = new Session({ plan, tool: "june-load test", pools, writer, services: [] });
    const heard: SessionEvent[] = [];
    session.subscribe((event) => void heard.push(event));
    await test({ session, pools, heard, dir });
  });
}

/** Waits until the load has begun. */
async function begun(session: Session): Promise<void> {
  while (session.phase === "waiting") await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Without the main thread's own stalls, which a busy machine adds. */
const kindsOf = (heard: readonly SessionEvent[]) =>
  heard.map((event) => event.type === "event" ? event.event.kind : event.type).filter((kind) =>
    kind !== "main_stalled"
  );

Deno.test("a session reports each second and its end, and leaves a whole result", async () => {
  await withSession({}, async ({ session, pools, heard, dir }) => {
    const over = session.execute();
    await begun(session);
    pools.second();
    pools.second();
    pools.end();
    const { run, writeFailure } = await over;
    assert.deepEqual(kindsOf(heard), ["second", "second", "ended"]);
    assert.deepEqual([run.end?.reason, run.end?.text, writeFailure], ["completed", "", null]);
    assert.deepEqual([session.phase, pools.orders], ["ended", []]);
    const read = await readResult(dir);
    assert.deepEqual([read.slots.length, read.end?.reason], [2, "completed"]);
  });
});

Deno.test("a session tells of the stalls of its workers, a second later", async () => {
  await withSession({ workers: 2 }, async ({ session, pools, dir }) => {
    const over = session.execute();
    await begun(session);
    const stall = (start_ms: number, worker: number) => ({ start_ms, length_ms: 120, workers: [worker] });
    pools.second(0, [stall(200, 0), stall(600, 1)]);
    pools.second();
    assert.deepEqual(session.run.events.filter(({ kind }) => kind === "worker_stalled"), []);
    pools.second();
    pools.second(0, [stall(3500, 1)]);
    pools.end();
    await over;
    const read = (await readResult(dir)).events.filter(({ kind }) => kind === "worker_stalled");
    assert.deepEqual(read.map(({ t_ms, stalls }) => [t_ms, stalls]), [
      [200, { count: 2, longest_ms: 120 }],
      [3500, { count: 1, longest_ms: 120 }],
    ]);
  });
});

Deno.test("Session.subscribe() returns what takes the listener off again", async () => {
  await withSession({}, async ({ session, pools }) => {
    let seconds = 0;
    const off = session.subscribe(({ type }) => {
      if (type === "second") seconds++;
    });
    const over = session.execute();
    await begun(session);
    pools.second();
    off();
    pools.second();
    pools.end();
    await over;
    assert.equal(seconds, 1);
  });
});

Deno.test("Session.stop() orders a stop and keeps one event, however often it is called", async () => {
  await withSession({}, async ({ session, pools, heard }) => {
    const over = session.execute();
    await begun(session);
    session.stop();
    session.stop();
    assert.equal(session.phase, "ending");
    pools.end();
    const { run } = await over;
    assert.deepEqual(kindsOf(heard), ["stop_requested", "ended"]);
    assert.deepEqual([run.end?.reason, run.end?.text], ["stopped", "stopped by the user"]);
    assert.deepEqual(pools.orders, ["stop", "stop"]);
  });
});

Deno.test("Session.abort() after a stop takes its place; a stop after an abort does not", async () => {
  await withSession({}, async ({ session, pools, heard }) => {
    const over = session.execute();
    await begun(session);
    session.stop();
    session.abort();
    session.stop();
    pools.end();
    const { run } = await over;
    assert.deepEqual(kindsOf(heard), ["stop_requested", "ended"]);
    assert.deepEqual([run.end?.reason, run.end?.text], ["aborted", "ended at once by the user"]);
    assert.deepEqual(pools.orders, ["stop", "abort", "stop"]);
  });
});

Deno.test("a session that is stopped before its load begins ends it as soon as it has begun", async () => {
  await withSession({}, async ({ session, pools }) => {
    session.stop();
    const over = session.execute();
    await begun(session);
    assert.deepEqual(pools.orders, ["stop"]);
    pools.end();
    assert.equal((await over).run.end?.reason, "stopped");
  });
});

Deno.test("a threshold that aborts ends the run once, and a stop that follows does not take its place", async () => {
  const thresholds = [rule("error_rate < 10% else abort")];
  await withSession({ thresholds }, async ({ session, pools, heard }) => {
    const over = session.execute();
    await begun(session);
    pools.second(20);
    pools.second(20);
    session.stop();
    pools.end();
    const { run } = await over;
    assert.deepEqual(kindsOf(heard), ["aborted_by_rule", "second", "second", "ended"]);
    assert.deepEqual([run.end?.reason, run.events[0]?.rule], ["aborted", "error_rate < 10% else abort"]);
    assert.match(run.end!.text, /^error_rate < 10% else abort: 100 % so far$/);
    assert.deepEqual(pools.orders, ["stop", "stop"]);
  });
});

Deno.test("a pool that failed is the reason, whatever came before", async () => {
  await withSession({}, async ({ session, pools, heard }) => {
    const over = session.execute();
    await begun(session);
    session.stop();
    pools.end(new Error("User pool 2 gave no sign of life for 10 s"));
    const { run } = await over;
    assert.deepEqual(kindsOf(heard), ["stop_requested", "worker_failed", "ended"]);
    assert.deepEqual([run.end?.reason, run.end?.text], ["failed", "User pool 2 gave no sign of life for 10 s"]);
  });
});

Deno.test({
  name: "a result that can no longer be written ends the run, and is told at its end",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const plan = makePlan({ thresholds: [rule("error_rate < 10% else abort")], resources: QUIET });
    const pools = new FakePools(plan);
    const writer = ResultWriter.over("/full/result.ndjson", await Deno.open("/dev/full", { write: true }));
    const session = new Session({ plan, tool: "june-load test", pools, writer, services: [] });
    const heard: SessionEvent[] = [];
    session.subscribe((event) => void heard.push(event));
    const over = session.execute();
    await begun(session);
    while (writer.failure === null) await new Promise((resolve) => setTimeout(resolve, 1));
    pools.second(20);
    assert.deepEqual(pools.orders, ["stop"]);
    pools.end();
    const { run, writeFailure } = await over;
    assert.match(writeFailure!.message, /^Cannot write "\/full\/result\.ndjson": the disk is full/);
    assert.deepEqual(kindsOf(heard), ["write_failed", "second", "ended"]);
    assert.deepEqual([run.end?.reason, run.end?.text], ["aborted", writeFailure!.message]);
  },
});

Deno.test("a result that is removed in mid-run goes on in another file, and the run says so once", async () => {
  await inFolder(async (dir) => {
    const plan = makePlan({ thresholds: [], resources: QUIET });
    const pools = new FakePools(plan);
    const place = async () => `${await Deno.makeTempDir({ dir })}/result.ndjson`;
    const first = await place();
    const writer = await ResultWriter.create(first, place);
    const session = new Session({ plan, tool: "june-load test", pools, writer, services: [] });
    const heard: SessionEvent[] = [];
    session.subscribe((event) => void heard.push(event));
    const over = session.execute();
    await begun(session);
    pools.second();
    await Deno.remove(dirname(first), { recursive: true });
    let seconds = 1;
    for (; !kindsOf(heard).includes("result_moved"); seconds++) {
      pools.second();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    pools.second();
    pools.end();
    const { writeFailure, path } = await over;
    assert.equal(writeFailure, null);
    assert.notEqual(path, first);
    const read = await readResult(path);
    assert.deepEqual([read.slots.length, read.end?.reason], [seconds + 1, "completed"]);
    const [event, ...more] = read.events.filter(({ kind }) => kind === "result_moved");
    assert.equal(event?.text, `"${first}" was removed or replaced: the result goes on, whole, in "${path}"`);
    assert.deepEqual(more, []);
  });
});

Deno.test("a session that cannot begin discards its pools", async () => {
  const triton = makePlan().services.map((service) => ({ ...service, protocol: "triton" as const }));
  const unread = { ...task("llm.generate"), services: null as unknown as string[] };
  await withSession({ services: triton, tasks: [unread] }, async ({ session, pools }) => {
    await assert.rejects(session.execute(), TypeError);
    assert.ok(pools.discarded);
  });
});

Deno.test("a session over real pools samples the machine, is cut off and accounts for every call", async () => {
  const simulator = await startInWorker({ ports: { llm: 0, stt: 0, tts: 0 } });
  try {
    await inFolder(async (dir) => {
      const base = makePlan();
      const plan = makePlan({
        services: base.services.map((service) => ({ ...service, address: simulator.addresses[service.kind as "llm"] })),
        tasks: [task("llm.chat_stream")],
        loads: [closedLoad(8, 1000, 60_000, constantPause(5))],
        stages: [holdStage(60_000)],
        resources: { cpu: true, memory: true, gpu: false },
        transport: "wire",
        workers: 2,
      });
      const pools = await preparePools(plan);
      const writer = await ResultWriter.create(`${dir}/result.ndjson`);
      const session = new Session({ plan, tool: "june-load test", pools, writer, services: [] });
      let seconds = 0;
      session.subscribe(({ type }) => {
        if (type !== "second") return;
        if (++seconds === 1) session.stop();
        if (seconds === 1) session.abort();
      });
      const { run, writeFailure } = await session.execute();
      assert.deepEqual([run.end?.reason, run.unaccounted, writeFailure], ["aborted", 0, null]);
      assert.ok(run.load_end_ms < 10_000 && run.total().issued > 0);
      const read = await readResult(dir);
      assert.deepEqual(read.end satisfies ResultRecord | null, run.end);
      assert.ok(read.host.length > 0);
    });
  } finally {
    await simulator.close();
  }
});
