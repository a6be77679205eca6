import assert from "node:assert/strict";
import type { Random } from "../../lib/driver/driver.ts";
import { duetOf } from "../../lib/plan/duet.ts";
import type { ClosedLoad, OpenLoad, Plan } from "../../lib/plan/plan.ts";
import { arrivals } from "../../lib/schedule/arrivals.ts";
import { AT_ONCE, constantPause, holdStage, task } from "../plans.ts";
import { makePlan } from "../result/make_run.ts";
import { after, type Begin, FAILED, OK, operation, runPool } from "./operations.ts";

const flat = (end_ms: number, level: number) =>
  [{ kind: "linear", start_ms: 0, end_ms, from: level, to: level }] as const;

const open = (rate_per_s: number, end_ms: number, change: Partial<OpenLoad> = {}): OpenLoad => ({
  kind: "open",
  name: "calls",
  courses: [...flat(end_ms, rate_per_s)],
  spacing: "poisson",
  max_in_flight: 1000,
  max_wait_ms: 1000,
  ...change,
});

function duetPlan(load: OpenLoad | ClosedLoad, change: Partial<Plan> = {}): Plan {
  const duration_ms = load.courses.at(-1)!.end_ms;
  const plan = makePlan({
    loads: [load],
    duration_ms,
    grace_ms: 1000,
    stages: [holdStage(duration_ms)],
    tasks: [task("llm.chat", 3), task("tts.synthesize", 1)],
    thresholds: [],
    ...change,
  });
  return duetOf(plan, plan);
}

/** A call as a service sees it. */
interface Seen {
  name: string;
  at_us: number;
  numbers: number[];
}

/** The operations of a duet, in the order of its tasks; what each call does is up to its side. */
function sides(seen: Seen[], base: Begin, other: Begin) {
  const one = (name: string, begin: Begin) =>
    operation(name, (marks, clock, random) => {
      seen.push({ name, at_us: clock.now_us(), numbers: [random.next(), random.next()] });
      return begin(marks, clock, random);
    });
  const names = ["llm.chat", "tts.synthesize"];
  return [...names.map((name) => one(`${name}@A`, base)), ...names.map((name) => one(`${name}@B`, other))];
}

function pairsOf(seen: readonly Seen[]): [Seen, Seen][] {
  return Array.from({ length: seen.length / 2 }, (_, i) => [seen[2 * i]!, seen[2 * i + 1]!]);
}

const sideOf = ({ name }: Seen) => name.slice(-1);

Deno.test("a duet makes each arrival of the schedule two calls, of one task, one directly after the other", async () => {
  const load = open(300, 1000);
  const plan = duetPlan(load);
  const schedule = arrivals(load, plan.seed, () => []);
  while (schedule.next() !== null);
  const seen: Seen[] = [];
  const { run } = await runPool(plan, sides(seen, after(20_000), after(90_000)));
  const [base, other] = ["*@A", "*@B"].map((operations) => run.total({ operations }));
  assert.deepEqual([base!.issued, other!.issued], [schedule.index + 1, schedule.index + 1]);
  assert.deepEqual([base!.outcomes.ok, other!.outcomes.ok], [base!.issued, other!.issued]);
  assert.equal(run.unaccounted, 0);
  for (const [first, second] of pairsOf(seen)) {
    assert.equal(first.name.slice(0, -2), second.name.slice(0, -2), "the same task");
    assert.notEqual(sideOf(first), sideOf(second));
    assert.deepEqual(first.numbers, second.numbers, "the same random numbers");
  }
  const both = new Set(seen.map(({ name }) => name));
  assert.equal(both.size, 4, "both tasks of the mix, on both sides");
});

Deno.test("which side of a pair goes first is drawn from the seed, the same with any number of workers", async () => {
  const orderOf = async (seed: number, parts: number) => {
    const load = open(250, 800, { spacing: "constant" });
    const orders = new Map<number, string>();
    for (let part = 0; part < parts; part++) {
      const seen: Seen[] = [];
      await runPool(duetPlan(load, { seed }), sides(seen, after(1000), after(1000)), { part, parts });
      for (const [i, [first]] of pairsOf(seen).entries()) {
        orders.set(part + i * parts, `${sideOf(first)} ${first.numbers[0]}`);
      }
    }
    return [...orders].sort(([a], [b]) => a - b).map(([, order]) => order);
  };
  const [one, three, other] = [await orderOf(7, 1), await orderOf(7, 3), await orderOf(8, 1)];
  assert.equal(one.length, 200);
  assert.deepEqual(three, one);
  assert.notDeepEqual(other, one);
  const first = one.filter((order) => order.startsWith("A")).length;
  assert.ok(first > 70 && first < 130, `A first in ${first} of 200`);
});

Deno.test("a user of a duet starts the next pair when both calls have ended", async () => {
  const users = (count: number): ClosedLoad => ({
    kind: "closed",
    name: "users",
    users: count,
    think_time: constantPause(0),
    courses: [...flat(600, count)],
    ...AT_ONCE,
  });
  const seen: Seen[] = [];
  const open = new Map<string, number>();
  let most = 0;
  const counted = (side: string, wait_us: number): Begin => (marks, clock, random) => {
    open.set(side, (open.get(side) ?? 0) + 1);
    most = Math.max(most, open.get(side)!);
    const end = marks.end.bind(marks);
    marks.end = (how) => {
      open.set(side, open.get(side)! - 1);
      end(how);
    };
    return after(wait_us)(marks, clock, random);
  };
  const { run } = await runPool(duetPlan(users(3)), sides(seen, counted("A", 5000), counted("B", 40_000)));
  assert.equal(most, 3, "as many pairs as users");
  const [base, other] = ["*@A", "*@B"].map((operations) => run.total({ operations }).outcomes.ok);
  assert.equal(base, other);
  assert.ok(base! <= 3 * 600 / 40 + 3, `${base} pairs: the slower side decides`);
});

Deno.test("a pair is counted on both sides: its response times, and which side failed alone", async () => {
  let calls = 0;
  const failEvery = (many: number): Begin => (marks, clock, random) =>
    after(2000, ++calls % many === 0 ? FAILED : OK)(marks, clock, random);
  const seen: Seen[] = [];
  const { run } = await runPool(duetPlan(open(200, 1000)), sides(seen, after(1000), failEvery(4)));
  const [base, other] = ["*@A", "*@B"].map((operations) => run.total({ operations }));
  const failed = other!.outcomes.failed;
  assert.ok(failed > 20);
  assert.deepEqual([base!.counter("pairs"), other!.counter("pairs")], [base!.issued, base!.issued]);
  assert.deepEqual([base!.counter("pairs_lost"), other!.counter("pairs_lost")], [0, failed]);
  assert.deepEqual([base!.counter("pairs_ok"), other!.counter("pairs_ok")], [calls - failed, calls - failed]);
  assert.equal(base!.counter("pairs_timed"), other!.counter("pairs_timed"));
  const meanOf = (series: typeof base) => Math.exp(series!.counter("pair_log_time") / series!.counter("pairs_timed"));
  assert.ok(meanOf(base) >= 1000 && meanOf(other) >= 2000 && meanOf(other) > meanOf(base));
});

Deno.test("an arrival without room drops two calls, and a pair that is cut off ends twice as unfinished", async () => {
  const crowded = duetPlan(open(100, 500, { max_in_flight: 2, max_wait_ms: 0, spacing: "constant" }), { grace_ms: 50 });
  const seen: Seen[] = [];
  const { run } = await runPool(crowded, sides(seen, after(10_000_000, OK), after(10_000_000, OK)));
  const [base, other] = ["*@A", "*@B"].map((operations) => run.total({ operations }).outcomes);
  assert.deepEqual(base, other);
  assert.deepEqual([base!.unfinished, base!.dropped], [2, 48]);
  assert.equal(run.dropped_arrivals, 48);
  assert.equal(run.unaccounted, 0);
});

Deno.test("drivers that never end a cut call of a pair do not keep it from being counted", async () => {
  const deaf: Begin = (marks) => {
    marks.sent();
    return () => {};
  };
  const plan = duetPlan(open(20, 200, { spacing: "constant" }), { grace_ms: 10 });
  const { run } = await runPool(plan, sides([], deaf, after(1000)));
  assert.equal(run.unaccounted, 0);
  assert.deepEqual([run.total({ operations: "*@A" }).outcomes.unfinished], [4]);
});

Deno.test("what workers take in turns is taken once for a pair, by whichever side asks first", async () => {
  const taken: [string, number][] = [];
  let next = 0;
  const take = (side: string): Begin => (marks, clock, random: Random) => {
    taken.push([side, random.once!(() => next++)]);
    return after(side === "A" ? 100 : 3000)(marks, clock, random);
  };
  await runPool(duetPlan(open(100, 500)), sides([], take("A"), take("B")));
  const numbers = (wanted: string) => taken.filter(([side]) => side === wanted).map(([, number]) => number);
  assert.deepEqual(numbers("A"), numbers("B"));
  assert.deepEqual(numbers("A"), numbers("A").map((_, at) => at));
});

Deno.test("calls outside a duet have no partner to take turns with", async () => {
  const plan = makePlan({
    loads: [open(50, 200)],
    duration_ms: 200,
    stages: [holdStage(200)],
    tasks: [task("llm.chat")],
    thresholds: [],
  });
  let alone = 0;
  const begin: Begin = (marks, clock, random) => {
    if (random.once === undefined) alone++;
    return after(500)(marks, clock, random);
  };
  const { run } = await runPool(plan, [operation("llm.chat", begin)]);
  assert.equal(alone, run.total().issued);
  assert.equal(run.total().counter("pairs"), 0);
});
